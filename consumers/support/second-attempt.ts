import { setTimeout } from 'node:timers/promises';

const PAUSE_MS = 5_000;

/** The words of installers when the packages are to blame, and not the way to the registry. */
const CERTAIN = /ERESOLVE|EBADENGINE|gyp ERR!|YN0028|OUTDATED_LOCKFILE|lockfile is frozen|is not installed\./;

/** The failures of this run after which something was done again. The matrix shows them. */
export const forgiven: string[] = [];

/**
 * Does something that needs the registry, and does it once more when it fails: a hiccup of the network says nothing about
 * the package.
 */
export async function withSecondAttempt<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted || !(error instanceof Error) || CERTAIN.test(error.message)) throw error;
    forgiven.push(error.message);
    await setTimeout(PAUSE_MS, undefined, { signal });
    return await work();
  }
}
