import {
  OverwriteType,
  PermissionFlagsBits,
  Routes,
  type APIGuild,
  type APIGuildMember,
  type APIOverwrite,
} from 'discord.js';

import { ownUserId } from '../rest/own-user.ts';
import { ask, type Sender } from '../rest/ask.ts';

/** A channel of a guild, with its overwrites. A thread has those of its parent. */
export interface GuildPlace {
  readonly guildId: string;
  readonly overwrites: readonly APIOverwrite[];
}

/** The bot in a guild. */
export interface Presence {
  /** Permission bits in the channel. */
  readonly permissions: bigint;
  /** The end of a timeout, during which the bot may only read; undefined when there is none. */
  readonly timedOutUntil: Date | undefined;
}

/** Asks Discord what the bot may do in a channel. */
export async function readPresence(sender: Sender, { guildId, overwrites }: GuildPlace): Promise<Presence> {
  const guild = await ask<APIGuild>(sender, (rest, signal) => rest.get(Routes.guild(guildId), { signal }));
  const id = await ownUserId(sender);
  const member = await ask<APIGuildMember>(sender, (rest, signal) =>
    rest.get(Routes.guildMember(guildId, id), { signal }),
  );
  const until = new Date(member.communication_disabled_until ?? 0);
  const permissions = permissionsIn(guild, { id, roles: member.roles }, overwrites);
  const isTimedOut = until.getTime() > sender.clock.now() && !mayAll(permissions);
  return { permissions, timedOutUntil: isTimedOut ? until : undefined };
}

/**
 * Computes permissions by Discord's rule: owners and administrators have all of them. For the others the overwrites of
 * `@everyone` come first, then those of all their roles together, then their own.
 */
function permissionsIn(
  guild: Pick<APIGuild, 'id' | 'owner_id' | 'roles'>,
  { id, roles }: { readonly id: string; readonly roles: readonly string[] },
  overwrites: readonly APIOverwrite[],
): bigint {
  const held = guild.roles.filter((role) => role.id === guild.id || roles.includes(role.id));
  const base = union(held.map(({ permissions }) => permissions));
  if (guild.owner_id === id || mayAll(base)) return ~0n;
  const ofRoles = overwrites.filter(({ type }) => type === OverwriteType.Role);
  return [
    ofRoles.filter((one) => one.id === guild.id),
    ofRoles.filter((one) => roles.includes(one.id)),
    overwrites.filter((one) => one.type === OverwriteType.Member && one.id === id),
  ].reduce((bits, step) => (bits & ~union(step.map(({ deny }) => deny))) | union(step.map(({ allow }) => allow)), base);
}

function mayAll(permissions: bigint): boolean {
  return (permissions & PermissionFlagsBits.Administrator) !== 0n;
}

function union(bits: readonly string[]): bigint {
  return bits.reduce((all, one) => all | BigInt(one), 0n);
}
