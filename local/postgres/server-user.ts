import { chownSync } from 'node:fs';

/** The user `nobody` of most systems. */
const NOBODY = 65_534;

const isRoot = process.getuid?.() === 0;

/**
 * Runs a command as somebody else than root, which servers of databases refuse to be. It keeps root's right to read, as
 * the programs and the folders may lie where only root may look; `no_setuid_fixup` lets `access()` know of it.
 */
export const asServerUser: readonly string[] = isRoot
  ? [
      'setpriv',
      `--reuid=${NOBODY}`,
      `--regid=${NOBODY}`,
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      '--securebits=+no_setuid_fixup',
    ]
  : [];

/** Gives a file or an empty folder to the user that servers run as. */
export function giveToServerUser(path: string): void {
  if (isRoot) chownSync(path, NOBODY, NOBODY);
}
