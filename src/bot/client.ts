import 'sapphire-plugin-seen/register';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SapphireClient } from '@sapphire/framework';
import { GatewayIntentBits } from 'discord.js';
import type { SeenPluginOptions } from 'sapphire-plugin-seen';

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

/** Makes the Discord client, with the plugin's options. The bot's pieces lie in the folders beside this file. */
export function createClient(env: BotEnv, logger: BotLogger): BotClient {
  const { apiUrl } = env.discord;
  return new SapphireClient({
    // The messages of the bot itself, for what became of a request whose answer was lost.
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
    baseUserDirectory: dirname(fileURLToPath(import.meta.url)),
    logger: { instance: logger },
    rest: apiUrl === undefined ? {} : { api: apiUrl },
    seen: { ...seenOptions(env), logger },
  });
}

function seenOptions({ seen, discord: { channelId } }: BotEnv): SeenPluginOptions {
  const { enabled, path, url, schema, ttlDays } = seen;
  const { homeGuildId: guildId, adminUserIds: userIds, adminRoleIds: roleIds } = seen;
  return {
    enabled,
    ...(url === undefined ? { path } : { url, schema }),
    ttlDays,
    admins: { guildId, channelId, userIds, roleIds },
    metrics: seen.metricsPort === undefined ? undefined : { port: seen.metricsPort },
    parseId: parseFilingId,
  };
}
