import 'sapphire-plugin-seen/register';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SapphireClient } from '@sapphire/framework';
import { GatewayIntentBits, type ClientOptions } from 'discord.js';

import type { Enricher } from './enrich/summary.ts';
import type { BotEnv } from './env.ts';
import { parseFilingId } from './filing/filing-id.ts';
import type { BotLogger } from './logger.ts';

declare module '@sapphire/pieces' {
  interface Container {
    env: BotEnv;
    enrich: Enricher;
  }
}

export type BotClient = SapphireClient;

/** Discord's client with the plugin's options. Its pieces lie in the folders beside this file. */
export function createClient(env: BotEnv, logger: BotLogger): BotClient {
  return new SapphireClient({
    intents: [GatewayIntentBits.Guilds],
    baseUserDirectory: dirname(fileURLToPath(import.meta.url)),
    logger: { instance: logger },
    seen: seenOptions(env),
    ...(env.discord.apiUrl === undefined ? {} : { rest: { api: env.discord.apiUrl } }),
  });
}

function seenOptions({ seen, discord }: BotEnv): NonNullable<ClientOptions['seen']> {
  const { enabled, path, ttlDays, homeGuildId, adminUserIds: userIds, adminRoleIds: roleIds } = seen;
  const home = homeGuildId === undefined ? {} : { guildId: homeGuildId };
  return {
    enabled,
    path,
    ttlDays,
    admins: { ...home, channelId: discord.channelId, userIds, roleIds },
    parseId: parseFilingId,
    ...(seen.metricsPort === undefined ? {} : { metrics: { port: seen.metricsPort } }),
  };
}
