import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'rolldown';

import { bundlePrograms } from '../scripts/bundle-programs.ts';
import { bundleThread, nativeModule } from '../scripts/bundle-thread.ts';

const writerThread = fileURLToPath(new URL('../src/store/sqlite/thread.ts', import.meta.url));

/**
 * Bundles the programs of clients, since a run starts them once a kill.
 *
 * @param programs Their main modules, by name.
 * @param folder Where to write each as `NAME.mjs`.
 */
export async function bundleClients(programs: Readonly<Record<string, URL>>, folder: string): Promise<void> {
  const thread = join(folder, 'writer-thread.cjs');
  const files = Object.entries(programs).map(([name, url]) => [name, fileURLToPath(url)]);
  await Promise.all([
    bundleThread(writerThread, thread, nativeModule),
    bundlePrograms(Object.fromEntries(files), folder, pathToFileURL(thread), [parts]),
  ]);
}

const discord = createRequire(import.meta.url).resolve('discord.js');
const rest = createRequire(createRequire(discord).resolve('@discordjs/rest'));
const framework = fileURLToPath(import.meta.resolve('@sapphire/framework'));
const loggers = join(dirname(framework), 'lib/utils/logger');

const http = `
  export class IncomingMessage {}
  export const maxHeaderSize = 16_384;
  export const STATUS_CODES = {};
`;

/**
 * The parts of packages that a delivery uses, from the packages that these have them from. A client starts in a fifth of
 * the time: it loads neither the gateway nor the structures. Node loads a fetch with its HTTP module, which takes as long
 * as all that is left.
 */
const PARTS: Readonly<Record<string, string>> = {
  'discord.js': `
    export const SlashCommandBuilder = undefined;
    export * from '@discordjs/formatters';
    export * from '@discordjs/rest';
    export * from 'discord-api-types/v10';
    export { DiscordSnowflake as SnowflakeUtil } from '@sapphire/snowflake';
    export { default as MessageFlagsBitField } from './util/MessageFlagsBitField.js';
  `,
  undici: `export * from '${rest.resolve('undici')}';`,
  http,
  'node:http': http,
  '@sapphire/framework': `
    export { container } from '@sapphire/pieces';
    export { Logger } from '${loggers}/Logger.mjs';
    export { LogLevel } from '${loggers}/ILogger.mjs';
  `,
};

/** A module beside those of discord.js, where its own packages are found. */
const fileOf = (name: string): string => join(dirname(discord), `part-of-${name.replace('/', '-')}.mjs`);
const partByFile = new Map(Object.entries(PARTS).map(([name, part]) => [fileOf(name), part]));

const parts: Plugin = {
  name: 'parts-of-packages',
  resolveId: (id) => (id in PARTS ? fileOf(id) : null),
  load: (id) => partByFile.get(id) ?? null,
};
