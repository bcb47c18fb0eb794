/** The Node-API that the native module of better-sqlite3 is built for. Without it, a process ends without a word. */
const NODE_API = 10;

/** Runtimes that have a version of their own beside that of the Node that they resemble. */
const otherRuntimes: Readonly<Record<string, string>> = { bun: 'Bun', deno: 'Deno', electron: 'Electron' };

/**
 * Tells why this version of Node can open no store, and what to do, in whole sentences; undefined when it can open one.
 * Nothing is loaded for that, so a program may ask before anything else.
 *
 * @param versions Default: those of this process, `process.versions`.
 * @example
 * const problem = nodeProblem();
 * if (problem !== undefined) {
 *   console.error(problem);
 *   process.exit(1);
 * }
 */
export function nodeProblem(
  versions: Readonly<Record<string, string | undefined>> = process.versions,
): string | undefined {
  if (Number(versions['napi']) >= NODE_API) return undefined;
  const why = `lacks Node-API ${NODE_API}, without which the native module of better-sqlite3 ends the process`;
  const remedy = 'Node 22.14 or a later 22, or 23.6 or anything later (^22.14 || >=23.6)';
  const other = Object.keys(otherRuntimes).find((name) => versions[name] !== undefined);
  if (other === undefined) return `Node ${versions['node']} ${why}. Install ${remedy}.`;
  return `${otherRuntimes[other]} ${versions[other]} ${why}. Install a newer one, or use ${remedy}.`;
}
