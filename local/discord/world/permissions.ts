/** The permission bits that the local Discord enforces or reports. */
export const Permission = {
  administrator: 1n << 3n,
  manageGuild: 1n << 5n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  manageMessages: 1n << 13n,
  embedLinks: 1n << 14n,
  attachFiles: 1n << 15n,
  readMessageHistory: 1n << 16n,
  mentionEveryone: 1n << 17n,
  useApplicationCommands: 1n << 31n,
} as const;

export type PermissionName = keyof typeof Permission;

export const ALL_PERMISSIONS = (1n << 53n) - 1n;

/** The permissions of a member for whom nothing else is configured. */
export const ORDINARY_PERMISSIONS =
  Permission.viewChannel |
  Permission.sendMessages |
  Permission.embedLinks |
  Permission.attachFiles |
  Permission.readMessageHistory |
  Permission.useApplicationCommands;

export interface Overwrite {
  readonly allow: bigint;
  readonly deny: bigint;
}

/** Combines permissions by Discord's rule: owners and administrators have all of them, whatever the overwrite says. */
export function effectivePermissions(roles: readonly bigint[], isOwner: boolean, overwrite?: Overwrite): bigint {
  const base = roles.reduce((all, bits) => all | bits, 0n);
  if (isOwner || has(base, 'administrator')) return ALL_PERMISSIONS;
  return overwrite ? (base & ~overwrite.deny) | overwrite.allow : base;
}

export function has(bits: bigint, permission: PermissionName): boolean {
  return (bits & Permission[permission]) !== 0n;
}
