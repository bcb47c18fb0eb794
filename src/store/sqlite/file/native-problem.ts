import { codeOf, reasonOf } from '../../errors.ts';

const COMPILE =
  'compile it, which takes Python and a C++ compiler: npm explore better-sqlite3 -- npm run build-release';

/** Tells why the native module of better-sqlite3 cannot be loaded, and what to do; undefined for any other failure. */
export function nativeProblem(error: unknown): string | undefined {
  const code = codeOf(error);
  const reason = reasonOf(error).trim();
  // Those of old were made for one version of Node each.
  const [ofOld] = /NODE_MODULE_VERSION \d+|Could not locate the bindings file/.exec(reason) ?? [];
  if (ofOld !== undefined) return olderDriver(ofOld);
  if (code === 'MODULE_NOT_FOUND') return /\.node'/.test(reason) ? noneForThisSystem() : incompleteDriver(error);
  if (code !== 'ERR_DLOPEN_FAILED') return undefined;
  return /version [`']GLIBC(?:XX)?_[\d.]+' not found/.test(reason) ? glibcTooOld(reason) : ofAnotherSystem(reason);
}

/**
 * The problem of a better-sqlite3 that is too old.
 *
 * @param sign The evidence.
 */
export function olderDriver(sign: string): string {
  return (
    `better-sqlite3 is older than this package needs (${sign}). Remove what forces that version (overrides or ` +
    'resolutions in package.json, a copied node_modules; npm ls better-sqlite3 shows it), and install the packages again'
  );
}

/** The problem of a better-sqlite3 that is not installed, or not all of it. */
export function incompleteDriver(error: unknown): string {
  const [reason] = reasonOf(error).split('\n');
  return `better-sqlite3 is not installed, or not all of it (${reason}). Install the packages again`;
}

function noneForThisSystem(): string {
  return (
    `better-sqlite3 has no native module for ${process.platform} on ${process.arch}. It brings one for Linux (glibc ` +
    `2.34 or later, musl), macOS and Windows, each on x64 and arm64. If this is one of them, install the packages ` +
    `again; elsewhere, ${COMPILE}`
  );
}

function glibcTooOld(reason: string): string {
  return (
    `the native module of better-sqlite3 needs glibc 2.34 or later, and this system's is older (${reason}). ` +
    `Use a newer system or image (Debian 12, Ubuntu 22.04 or later, Alpine), or ${COMPILE}`
  );
}

function ofAnotherSystem(reason: string): string {
  return (
    `the native module of better-sqlite3 is not for this system (${reason}). Install the packages on the machine that ` +
    'runs them (npm ci), and copy no node_modules'
  );
}
