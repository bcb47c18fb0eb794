import { spawnSync } from 'node:child_process';

import { requirement } from './requirement.ts';

const isRoot = process.getuid?.() === 0;

/** Runs a command without root's privileges: permissions mean nothing to root, unless it gives up its capabilities. */
export const withoutPrivileges = isRoot ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];

export const unprivileged = requirement(
  spawnSync(withoutPrivileges[0] ?? 'true', [...withoutPrivileges.slice(1), 'true']).status === 0,
  'no setpriv, so root cannot give up its privileges',
);

/** The right to give files to somebody else. */
export const givesFilesAway = requirement(isRoot && !unprivileged.missing, 'only root gives files away');
