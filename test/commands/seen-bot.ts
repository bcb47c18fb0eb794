import type { SapphireClientOptions } from '@sapphire/framework';
import type { ClientOptions } from 'discord.js';
import type { SeenPluginOptions } from 'sapphire-plugin-seen';
import { expect, onTestFinished } from 'vitest';

import { localDiscord } from '../support/local-discord.ts';
import { defaultWorld, ids, type InteractionResult, type LocalDiscord, type World } from '../../local/discord/index.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { startSapphireBot, type SapphireBot } from '../support/sapphire-bot.ts';

export interface Asked {
  readonly user?: string;
  readonly channelId?: string;
  readonly options?: Readonly<Record<string, string>>;
}

export interface SeenBot extends SapphireBot {
  readonly discord: LocalDiscord;
  /** For a second bot on the same database. */
  readonly options: SeenPluginOptions;
  /** Types `/seen …`, as an ordinary member in the home guild unless told otherwise. */
  seen(subcommand: string, asked?: Asked): Promise<InteractionResult>;
}

export interface SeenBotOptions {
  readonly world?: World;
  readonly seen?: SeenPluginOptions;
  readonly client?: Partial<ClientOptions & SapphireClientOptions>;
  /** Milliseconds in which the bot must give its first answer. Default: that of `localDiscord`. */
  readonly responseTimeoutMs?: number;
}

/** For a test in which the bot gives no first answer: nobody has to wait for long. */
export const noAnswer = { responseTimeoutMs: 500 } as const;

/** Starts a bot with `/seen` on an empty store. Discord has to accept every request that it makes in the test. */
export async function startSeenBot(start: SeenBotOptions = {}): Promise<SeenBot> {
  const { world = defaultWorld, seen = {}, client, ...time } = start;
  const discord = await localDiscord({ world, ...time });
  onTestFinished(() => expect(discord.complaints).toEqual([]));
  const options = { path: emptyDatabase(), ttlDays: 30, admins: { channelId: ids.announcements }, ...seen };
  const bot = await startSapphireBot(discord, options, client);
  const ask: SeenBot['seen'] = (subcommand, { user = ids.member, channelId = ids.general, options: given = {} } = {}) =>
    discord.slash({ user, channelId, command: 'seen', subcommand, options: given });
  return { ...bot, discord, options, seen: ask };
}

/** The text of the reply, once it is there. Expects that nobody but the user who asked sees it. */
export async function privateAnswer(result: InteractionResult): Promise<string> {
  const { content } = await result.reply();
  expect(result.ephemeral).toBe(true);
  return content;
}

/** The Unix time in seconds, that many days ago. */
export function daysAgo(days: number): number {
  return Math.floor(Date.now() / 1000 - days * 86_400);
}

/** Claims the items and gives them up, as a feed does after its last attempt. */
export async function fail({ store }: SeenBot, ...items: readonly string[]): Promise<void> {
  await store.fail(await store.claim(items), 'Missing Access');
}
