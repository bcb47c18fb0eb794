import { container, type Command } from '@sapphire/framework';
import { DiscordAPIError, RESTJSONErrorCodes, Routes, type APIApplicationCommand, type Client } from 'discord.js';

import { pluginLogger } from '../../log/plugin-logger.ts';
import { SeenCommand } from '../seen.ts';
import { isOwnRegistration } from './own-registrations.ts';

/** Guilds that a start looks into, at most: each takes a request, and a bot may be in thousands. */
const MAX_GUILDS = 25;

/**
 * Removes what earlier starts with other options registered: `/seen` everywhere beside `/seen` in some guilds, under an
 * earlier name, or although the command is switched off now. To be called once the commands of now are registered.
 *
 * Each shard looks into its own guilds, and the first one at the commands that are registered everywhere. Nothing is
 * removed that a command of this client has registered, nor while the command of now could not be.
 */
export async function removeOutdatedRegistrations(client: Client<true>): Promise<void> {
  const current = currentIds();
  if (current === undefined) return;
  const scopes = [...(isFirstShard(client) ? [undefined] : []), ...guildsOf(client)];
  // One after the other: nobody waits for this, and others wait for their requests.
  for (const guildId of scopes) await removeFrom(client, guildId, current);
}

/** The ids of all commands that this client has registered; undefined when one of ours is not among them. */
function currentIds(): ReadonlySet<string> | undefined {
  const commands = [...container.stores.get('commands').values()];
  const isMissing = commands.some((command) => command instanceof SeenCommand && idsOf(command).length === 0);
  return isMissing ? undefined : new Set(commands.flatMap(idsOf));
}

function idsOf({ applicationCommandRegistry }: Command): string[] {
  const { globalChatInputCommandIds, guildIdToChatInputCommandIds } = applicationCommandRegistry;
  const everywhere = Array.from(globalChatInputCommandIds);
  return everywhere.concat(...guildIdToChatInputCommandIds.map((ids) => Array.from(ids)));
}

function isFirstShard({ options: { shards } }: Client): boolean {
  return !Array.isArray(shards) || shards.includes(0);
}

/** The guilds where the command is likeliest to have been registered come first. */
function guildsOf(client: Client<true>): string[] {
  const { guildId, channelId } = client.options.seen?.admins ?? {};
  const home = guildId ?? client.guilds.cache.find(({ channels }) => channels.cache.has(channelId ?? ''))?.id;
  const all = [...client.guilds.cache.keys()];
  const sorted = [...all.filter((id) => id === home), ...all.filter((id) => id !== home)];
  if (sorted.length > MAX_GUILDS)
    pluginLogger(client).debug('seen_command_guilds_left_out', { guilds: all.length - MAX_GUILDS });
  return sorted.slice(0, MAX_GUILDS);
}

async function removeFrom(
  client: Client<true>,
  guildId: string | undefined,
  current: ReadonlySet<string>,
): Promise<void> {
  const list = routeOf(client, guildId);
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Discord documents it
    const registered = (await client.rest.get(list)) as readonly APIApplicationCommand[];
    const outdated = registered.filter((command) => isOwnRegistration(command) && !current.has(command.id));
    for (const command of outdated) await remove(client, guildId, command);
  } catch (error) {
    const logger = pluginLogger(client);
    if (isNothingToRemove(error) || isLoggedOut(client))
      logger.debug('seen_command_unreadable', { guild_id: guildId, error });
    else logger.warn('seen_command_removal_failed', { guild_id: guildId, error });
  }
}

/**
 * Removes a registration that somebody has used and no command of this client answers, if it is one of ours.
 *
 * @returns True when it was removed.
 */
export async function removeUnanswered(
  client: Client<true>,
  guildId: string | undefined,
  id: string,
): Promise<boolean> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Discord documents it
  const command = (await client.rest.get(`${routeOf(client, guildId)}/${id}`)) as APIApplicationCommand;
  if (!isOwnRegistration(command)) return false;
  await remove(client, guildId, command);
  return true;
}

async function remove(
  client: Client<true>,
  guildId: string | undefined,
  { id, name }: APIApplicationCommand,
): Promise<void> {
  await client.rest.delete(`${routeOf(client, guildId)}/${id}`);
  pluginLogger(client).info('seen_command_removed', { name, command_id: id, guild_id: guildId });
}

function routeOf({ application }: Client<true>, guildId: string | undefined) {
  if (guildId === undefined) return Routes.applicationCommands(application.id);
  return Routes.applicationGuildCommands(application.id, guildId);
}

/** True in a guild that did not give the bot the scope for commands, and for a command that is gone already. */
function isNothingToRemove(error: unknown): boolean {
  if (!(error instanceof DiscordAPIError)) return false;
  return error.code === RESTJSONErrorCodes.MissingAccess || error.code === RESTJSONErrorCodes.UnknownApplicationCommand;
}

/** True for a client that was destroyed meanwhile. */
function isLoggedOut({ token }: Client): boolean {
  return token === null;
}
