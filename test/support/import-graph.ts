import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'rolldown/utils';

/** One import of a module, types included. */
export interface Import {
  /** The importing file, from the project's root. */
  readonly from: string;
  /** The imported file, from the project's root; or the name of a package. */
  readonly to: string;
}

/** All imports of the files that match, as the parser sees them: types, re-exports and `import()` included. */
export function importsOf(...patterns: readonly string[]): Import[] {
  return globSync([...patterns])
    .toSorted()
    .flatMap((from) =>
      modulesIn(from, readFileSync(from, 'utf8')).map((to) => ({
        from,
        to: to.startsWith('.') ? normalize(join(dirname(from), to)) : to,
      })),
    );
}

function modulesIn(file: string, text: string): string[] {
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const { staticImports, staticExports, dynamicImports } = module;
  const dynamic = dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start, end));
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...dynamic.flatMap((literal) => /^['"](.+)['"]$/.exec(literal)?.[1] ?? []),
  ];
}

/** Makes a test for the paths in a folder. */
export function isIn(folder: string): (path: string) => boolean {
  return (path) => path.startsWith(`${folder}/`);
}

/**
 * Imports that run in a circle, at every floor of the house: between files, and between the folders that hold them. A
 * folder that imports from its neighbour, which imports from it, is a circle even where no file is.
 *
 * @returns Each circle as the names that it runs through.
 */
export function circlesIn(imports: readonly Import[]): string[][] {
  const paths = new Set(imports.flatMap(({ from, to }) => [from, to]));
  const folders = new Set([...paths].flatMap((path) => ancestors(path)));
  return [...folders].flatMap((folder) => circlesAmong(siblingImports(imports, folder)));
}

function ancestors(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' || folder === path ? ['.'] : [folder, ...ancestors(folder)];
}

/** Imports between the files and folders that lie directly in a folder. */
function siblingImports(imports: readonly Import[], folder: string): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    const [importer, imported] = [childOf(folder, from), childOf(folder, to)];
    if (importer === undefined || imported === undefined || importer === imported) continue;
    graph.set(importer, (graph.get(importer) ?? new Set()).add(imported));
  }
  return graph;
}

/** The file or folder directly in `folder` that is the path, or holds it. */
function childOf(folder: string, path: string): string | undefined {
  const prefix = folder === '.' ? '' : `${folder}/`;
  if (!path.startsWith(prefix)) return undefined;
  return `${prefix}${path.slice(prefix.length).split('/', 1).join('')}`;
}

function circlesAmong(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const finished = new Set<string>();
  const circles: string[][] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    if (trail.includes(name)) return void circles.push([...trail.slice(trail.indexOf(name)), name]);
    if (finished.has(name)) return;
    for (const next of graph.get(name) ?? []) visit(next, [...trail, name]);
    finished.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return circles;
}
