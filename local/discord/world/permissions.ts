/** The permission bits that the local Discord enforces or reports. */
export const Permission = {
  administrator: 1n << 3n,
  manageChannels: 1n << 4n,
  manageGuild: 1n << 5n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  manageMessages: 1n << 13n,
  embedLinks: 1n << 14n,
  attachFiles: 1n << 15n,
  readMessageHistory: 1n << 16n,
  mentionEveryone: 1n << 17n,
  useExternalEmojis: 1n << 18n,
  useApplicationCommands: 1n << 31n,
  manageThreads: 1n << 34n,
  createPublicThreads: 1n << 35n,
  createPrivateThreads: 1n << 36n,
  sendMessagesInThreads: 1n << 38n,
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
  Permission.useExternalEmojis |
  Permission.useApplicationCommands |
  Permission.createPublicThreads |
  Permission.createPrivateThreads |
  Permission.sendMessagesInThreads;

/** The permissions of a role or a member in a channel, beside or instead of those in the whole guild. */
export interface Overwrite {
  /** The id of the role or member. */
  readonly id: string;
  readonly of: 'role' | 'member';
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface Grantee {
  readonly userId: string;
  readonly isOwner: boolean;
  /** The id and the permissions of `@everyone`, whose id is the guild's. */
  readonly everyone: { readonly id: string; readonly permissions: bigint };
  readonly roles: readonly { readonly id: string; readonly permissions: bigint }[];
}

/**
 * Combines permissions by Discord's rule: owners and administrators have all of them. For the others the overwrites of
 * `@everyone` come first, then those of all their roles together, then their own.
 */
export function effectivePermissions(grantee: Grantee, overwrites: readonly Overwrite[]): bigint {
  const { userId, isOwner, everyone, roles } = grantee;
  const base = roles.reduce((all, { permissions }) => all | permissions, everyone.permissions);
  if (isOwner || has(base, 'administrator')) return ALL_PERMISSIONS;
  const roleIds = roles.map(({ id }) => id);
  const steps = [
    overwrites.filter(({ id }) => id === everyone.id),
    overwrites.filter(({ id }) => roleIds.includes(id)),
    overwrites.filter(({ id }) => id === userId),
  ];
  return steps.reduce(applyTogether, base);
}

function applyTogether(bits: bigint, overwrites: readonly Overwrite[]): bigint {
  const deny = overwrites.reduce((all, one) => all | one.deny, 0n);
  const allow = overwrites.reduce((all, one) => all | one.allow, 0n);
  return (bits & ~deny) | allow;
}

export function has(bits: bigint, permission: PermissionName): boolean {
  return (bits & Permission[permission]) !== 0n;
}
