import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { container, SapphireClient } from '@sapphire/framework';
import { requireSeenStore, SeenStoreOpenError } from 'sapphire-plugin-seen';
import { describe, expect, onTestFinished, test } from 'vitest';

import { localDiscord } from '../support/local-discord.ts';
import { ids, type LocalDiscord } from '../../local/discord/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { QuietLogger } from '../support/quiet-logger.ts';
import { logIn, newSapphireClient, startSapphireBot } from '../support/sapphire-bot.ts';

const newPath = (): string => join(temporaryFolder(), 'seen_ids.sqlite');

/** Registrations and changes of commands, as `METHOD path`. */
const commandWrites = ({ requests }: LocalDiscord): string[] =>
  requests
    .filter(({ method, path }) => path.includes('/commands') && method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);

const names = ['commands', 'interaction-handlers', 'listeners'] as const;
const namesIn = (store: (typeof names)[number]): string[] => Array.from(container.stores.get(store).keys());
const isOurs = (name: string): boolean => name.startsWith('seen');

describe('the store', () => {
  test('is open on the container from the login on, and logs through the client', async () => {
    const path = newPath();
    const { store, logger } = await startSapphireBot(await localDiscord(), { path, ttlDays: 3 });
    await store.markSeen('a');
    expect(await requireSeenStore().filterUnseen(['a', 'b'])).toEqual(['b']);
    expect(await store.stats()).toMatchObject({ location: path, ttlDays: 3, rows: 1 });
    expect(logger.events()).toContain('seen_store_initialized');
  });

  test('rejects the login and leaves nothing half open when its file is no database', async () => {
    const discord = await localDiscord();
    const folder = temporaryFolder();
    const path = join(folder, 'notes.txt');
    writeFileSync(path, 'These are my notes and no database at all.\n'.repeat(100));
    const client = await newSapphireClient(discord, { path });
    const before = container.seen;
    const failure: unknown = await client.login(discord.token).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SeenStoreOpenError);
    expect(String(failure)).toContain(`${path} could not be opened: it is not a SQLite database. Set seen.path (`);
    expect(container.seen).toBe(before);
    expect([...container.stores.values()].map(({ size }) => size)).toEqual([0, 0, 0, 0, 0]);
    expect(discord.requests).toEqual([]);
    expect(readdirSync(folder)).toEqual(['notes.txt', 'notes.txt.lock']);
  });

  test('is not on the container after a login that was refused', async () => {
    const discord = await localDiscord();
    const client = await newSapphireClient(discord, { path: newPath(), metrics: { port: -1 } });
    const before = container.seen;
    await expect(client.login(discord.token)).rejects.toThrow('port');
    expect(container.seen).toBe(before);
    const other = await newSapphireClient(discord, { path: newPath() });
    await expect(other.login('MTIz.wrong.token')).rejects.toThrow('invalid token');
    expect(container.seen).toBe(requireSeenStore(other));
    Object.assign(other.options.seen ?? {}, { path: temporaryFolder() });
    await expect(other.login(discord.token)).rejects.toThrow(SeenStoreOpenError);
    expect(container.seen).toBeUndefined();
  });

  test('is opened once for each of two clients in one process', async () => {
    const discord = await localDiscord();
    const one = await startSapphireBot(discord, { path: newPath(), command: false });
    const other = await startSapphireBot(discord, { path: newPath(), command: false });
    await one.store.markSeen('a');
    expect(await one.store.filterUnseen(['a'])).toEqual([]);
    expect(await other.store.filterUnseen(['a'])).toEqual(['a']);
    expect(container.seen).toBe(other.store);
  });

  test('of a login that failed is closed when the login is tried again', async () => {
    const discord = await localDiscord();
    const client = await newSapphireClient(discord, { path: newPath(), command: false });
    onTestFinished(async () => {
      await client.destroy();
      await container.seen?.close();
    });
    await expect(client.login('MTIz.wrong.token')).rejects.toThrow('invalid token');
    const first = requireSeenStore();
    expect(await first.filterUnseen(['a'])).toEqual(['a']);
    await expect(client.login('MTIz.wrong.token')).rejects.toThrow('invalid token');
    await expect(first.filterUnseen(['a'])).rejects.toThrow('closed store');
    expect(await requireSeenStore().filterUnseen(['a'])).toEqual(['a']);
  });
});

describe('the options', () => {
  test('enabled: false opens nothing and registers nothing', async () => {
    const discord = await localDiscord();
    const path = newPath();
    const client = await newSapphireClient(discord, { path, enabled: false });
    onTestFinished(() => client.destroy());
    const before = container.seen;
    await logIn(client, discord);
    expect(container.seen).toBe(before);
    expect(existsSync(path)).toBe(false);
    expect(names.flatMap(namesIn).filter(isOurs)).toEqual([]);
  });

  test('command: false leaves out /seen, and keeps what a class that extends it needs', async () => {
    const discord = await localDiscord();
    const { store } = await startSapphireBot(discord, { path: newPath(), command: false });
    expect(discord.commands).toEqual([]);
    expect(container.stores.get('commands').size).toBe(0);
    expect([...container.stores.get('interaction-handlers').keys()]).toEqual(['seenHoldButton', 'seenPurgeButton']);
    expect(namesIn('listeners').filter(isOurs)).toEqual([
      'seenCommandsRegistered',
      'seenCommandDenied',
      'seenSubcommandDenied',
      'seenCommandError',
      'seenSubcommandError',
      'seenSubcommandUnknown',
      'seenUnknownCommand',
    ]);
    expect(await store.isSeen('a')).toBe(false);
  });

  test('command: { guildIds } registers /seen there only', async () => {
    const discord = await localDiscord();
    await startSapphireBot(discord, { path: newPath(), command: { guildIds: [ids.other] } });
    expect(discord.commands).toMatchObject([{ name: 'seen', guild_id: ids.other }]);
    expect(discord.complaints).toEqual([]);
  });
});

describe('the registration of the pieces', () => {
  test('is complete by the time the constructor returns', async () => {
    const discord = await localDiscord();
    await newSapphireClient(discord, { enabled: false });
    const client = new SapphireClient({
      intents: [],
      baseUserDirectory: null,
      logger: { instance: new QuietLogger() },
      rest: { api: discord.api },
      seen: { path: newPath() },
    });
    onTestFinished(async () => {
      await client.destroy();
      await container.seen?.close();
      await container.stores.get('commands').unloadAll();
    });
    await client.login(discord.token);
    expect(names.flatMap(namesIn).filter(isOurs)).toEqual([
      'seen',
      'seenHoldButton',
      'seenPurgeButton',
      'seenCommandsRegistered',
      'seenCommandDenied',
      'seenSubcommandDenied',
      'seenCommandError',
      'seenSubcommandError',
      'seenSubcommandUnknown',
      'seenUnknownCommand',
    ]);
  });

  test.for([undefined, { guildIds: [ids.home] }])(
    'changes nothing at Discord at a second start with command %o',
    async (command) => {
      const discord = await localDiscord();
      const options = { path: newPath(), ...(command === undefined ? {} : { command }) };
      await (await startSapphireBot(discord, options)).stop();
      expect(commandWrites(discord)).toHaveLength(1);
      // Left to their defaults, Discord fills these in, and every start would find a difference.
      expect(discord.commands).toMatchObject([{ contexts: [0], integration_types: [0] }]);
      const { logger } = await startSapphireBot(discord, options);
      expect(commandWrites(discord)).toHaveLength(1);
      expect(logger.lines.map(({ event }) => event)).toContainEqual(expect.stringContaining('is identical'));
      expect(discord.complaints).toEqual([]);
    },
  );
});
