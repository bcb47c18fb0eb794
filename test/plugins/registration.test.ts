import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Command, container, LogLevel, type SapphireClient } from '@sapphire/framework';
import { ApplicationCommandType } from 'discord.js';
import { SeenCommand, SeenConfigError, type SeenPluginOptions } from 'sapphire-plugin-seen';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { buildSeenCommand, DESCRIPTION } from '../../src/commands/seen.ts';
import { ids, type LocalDiscord } from '../../local/discord/index.ts';
import { localDiscord } from '../support/local-discord.ts';
import { logIn, newSapphireClient, startSapphireBot, type SapphireBot } from '../support/sapphire-bot.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type CommandOption = SeenPluginOptions['command'];

const SLASH: number = ApplicationCommandType.ChatInput;

const newPath = (): string => join(temporaryFolder(), 'seen.sqlite');

/** The registered commands, as `name` or `name in guild`, sorted. */
const registered = ({ commands }: LocalDiscord): string[] =>
  commands.map(({ name, guild_id: guild }) => (guild === undefined ? name : `${name} in ${guild}`)).toSorted();

/** Starts one bot after the other with these options; the last one goes on, and has put the registrations in order. */
async function startInTurn(discord: LocalDiscord, ...commands: readonly CommandOption[]): Promise<SapphireBot> {
  for (const command of commands.slice(0, -1)) {
    const bot = await start(discord, command);
    await bot.stop();
  }
  return start(discord, commands.at(-1));
}

async function start(discord: LocalDiscord, command: CommandOption): Promise<SapphireBot> {
  const before = discord.requests.length;
  const bot = await startSapphireBot(discord, { path: newPath(), command });
  const looked = (guild: string): boolean =>
    discord.requests
      .slice(before)
      .some(({ method, path }) => method === 'GET' && path.endsWith(`/guilds/${guild}/commands`));
  await discord.waitUntil('a look into each guild', () => looked(ids.home) && looked(ids.other));
  await settled(discord);
  return bot;
}

/** Resolves once no request has been made for a moment, in which the client has had its turns, however busy the machine. */
async function settled(discord: LocalDiscord): Promise<void> {
  let seen = -1;
  await vi.waitUntil(
    async () => {
      for (let turn = 0; turn < 100; turn += 1) await nextTurn();
      const { length } = discord.requests;
      const isQuiet = length === seen;
      seen = length;
      return isQuiet;
    },
    { interval: 100, timeout: 15_000 },
  );
}

/** A command of the bot's own, which registers under a name that may not be that of the piece. */
function ownCommand(typed: string, options: Command.Options = {}) {
  return class Own extends Command {
    constructor(context: Command.LoaderContext, defaults: Command.Options) {
      super(context, { ...defaults, ...options });
    }

    override registerApplicationCommands(registry: Command.Registry): void {
      if (typed !== '') registry.registerChatInputCommand({ name: typed, description: 'Whom somebody has seen' });
      registry.registerContextMenuCommand({ name: 'seen', type: ApplicationCommandType.User });
    }
  };
}

/** Logs in a client whose commands are unloaded when the test ends, and waits until it has registered them. */
async function logInOnce(discord: LocalDiscord, client: SapphireClient): Promise<SapphireBot> {
  onTestFinished(async () => {
    await container.stores.get('commands').unloadAll();
    await client.destroy();
    await container.seen?.close();
  });
  await logIn(client, discord);
  await settled(discord);
  return client as unknown as SapphireBot;
}

describe('what an earlier start registered is removed', () => {
  test.for<[string, readonly CommandOption[], readonly string[]]>([
    ['from everywhere to one server', [undefined, { guildIds: [ids.home] }], [`seen in ${ids.home}`]],
    ['from one server to everywhere', [{ guildIds: [ids.other] }, undefined], ['seen']],
    [
      'with one server less',
      [{ guildIds: [ids.home, ids.other] }, { guildIds: [ids.other] }],
      [`seen in ${ids.other}`],
    ],
    ['with another server', [{ guildIds: [ids.home] }, { guildIds: [ids.other] }], [`seen in ${ids.other}`]],
    ['without the command', [undefined, false], []],
    ['without the command in a server', [{ guildIds: [ids.home] }, false], []],
    ['under another name', [undefined, { name: 'feeds' }], ['feeds']],
    ['under another name, and back', [{ name: 'feeds', guildIds: [ids.home] }, {}], ['seen']],
    ['over several changes', [undefined, { name: 'a' }, { name: 'b', guildIds: [ids.home] }], [`b in ${ids.home}`]],
  ])('%s', async ([, commands, expected]) => {
    const discord = await localDiscord();
    await startInTurn(discord, ...commands);
    expect(registered(discord)).toEqual(expected);
    expect(discord.complaints).toEqual([]);
  });

  test('is told once, and a start that changes nothing removes nothing', async () => {
    const discord = await localDiscord();
    const bot = await startInTurn(discord, undefined, { name: 'feeds' });
    expect(bot.logger.of('seen_command_removed')).toMatchObject([{ level: 'info', fields: { name: 'seen' } }]);
    await bot.stop();
    const again = await start(discord, { name: 'feeds' });
    expect(again.logger.of('seen_command_removed')).toEqual([]);
    expect(discord.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });

  test('and never a command of the bot’s own, whatever it is called', async () => {
    const discord = await localDiscord();
    const own = { name: 'seen', description: 'Whom somebody has seen' };
    const other = { name: 'stats', description: 'What the feed has posted, and what it skips' };
    const url = `${discord.api}/v10/applications/${discord.world.application.id}/commands`;
    for (const body of [own, other]) {
      const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' };
      await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    }
    await start(discord, false);
    expect(registered(discord)).toEqual(['seen', 'stats']);
  });

  test('and none of a class that extends SeenCommand and registers under a name of its own', async () => {
    const discord = await localDiscord();
    const client = await newSapphireClient(discord, { path: newPath(), command: false });
    class Staff extends SeenCommand {
      override registerApplicationCommands(registry: Command.Registry): void {
        registry.registerChatInputCommand((builder) => buildSeenCommand(builder, 'staff'));
      }
    }
    await container.stores.loadPiece({ store: 'commands', name: 'whatever', piece: Staff });
    await logInOnce(discord, client);
    expect(registered(discord)).toEqual(['staff']);
    const stats = { user: ids.owner, channelId: ids.general, command: 'staff', subcommand: 'stats' };
    expect((await (await discord.slash(stats)).reply()).embeds).toHaveLength(1);
  });

  test('but not while the command of now cannot be registered: one that works is better than none', async () => {
    const discord = await localDiscord();
    await (await start(discord, undefined)).stop();
    discord.faults = ({ method, path }) =>
      method === 'POST' && path.includes(ids.home)
        ? { kind: 'status', status: 403, body: { code: 50_001, message: 'Missing Access' } }
        : undefined;
    const bot = await startSapphireBot(discord, { path: newPath(), command: { guildIds: [ids.home] } });
    await settled(discord);
    expect(registered(discord)).toEqual(['seen']);
    expect(bot.logger.of('seen_command_removed')).toEqual([]);
  });

  test('or else that is logged, and the bot goes on', async () => {
    const discord = await localDiscord();
    await (await start(discord, undefined)).stop();
    discord.faults = ({ method }) =>
      method === 'DELETE' ? { kind: 'status', status: 403, body: '<html>no</html>' } : undefined;
    const bot = await start(discord, false);
    expect(bot.logger.of('seen_command_removal_failed')).toMatchObject([{ level: 'warn' }]);
    expect(String(bot.logger.of('seen_command_removal_failed')[0]?.fields['error'])).toContain(
      'status 403 from a proxy',
    );
    expect(bot.client.isReady()).toBe(true);
  });
});

describe('a registration that no start found', () => {
  test('is removed when somebody uses it, and the user is told', async () => {
    const discord = await localDiscord();
    await (await start(discord, { guildIds: [ids.home] })).stop();
    // As in a bot that is in more servers than a start looks into.
    const lists = `/guilds/${ids.home}/commands`;
    discord.faults = ({ path }) =>
      path.endsWith(lists)
        ? { kind: 'status', status: 403, body: { code: 50_001, message: 'Missing Access' } }
        : undefined;
    const bot = await start(discord, false);
    discord.faults = undefined;
    expect(registered(discord)).toEqual([`seen in ${ids.home}`]);
    const stats = { user: ids.member, channelId: ids.general, command: 'seen', subcommand: 'stats' };
    const { content } = await (await discord.slash(stats)).reply();
    expect(content).toBe('The bot no longer has this command here, and has removed it.');
    expect(registered(discord)).toEqual([]);
    expect(bot.logger.of('seen_command_removed')).toHaveLength(1);
  });
});

describe('a command of the bot’s own with the name of the plugin’s', () => {
  const hidden = ({ logger }: SapphireBot): unknown[] => logger.of('seen_command_hidden').map(({ fields }) => fields);
  const advice = { name: 'seen', hint: expect.stringContaining("seen: { command: { name: 'feeds' } }") as unknown };

  /** The descriptions of the registered slash commands, by their names. */
  const descriptions = ({ commands }: LocalDiscord): Record<string, string | undefined> =>
    Object.fromEntries(commands.filter(({ type }) => type === SLASH).map((one) => [one.name, one.description]));

  test('is registered in its place, and warned about, when a file of the bot’s has it', async () => {
    const discord = await localDiscord();
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'commands'));
    writeFileSync(join(folder, 'commands/seen.mjs'), 'export const Own = globalThis.ownCommand;\n');
    Object.assign(globalThis, { ownCommand: ownCommand('seen') });
    onTestFinished(() => void Reflect.deleteProperty(globalThis, 'ownCommand'));
    const client = await newSapphireClient(discord, { path: newPath() }, { baseUserDirectory: folder });
    const bot = await logInOnce(discord, client);
    expect(hidden(bot)).toEqual([{ ...advice, by: [join(folder, 'commands/seen.mjs')] }]);
    expect(descriptions(discord)).toEqual({ seen: 'Whom somebody has seen' });
    expect(discord.complaints).toEqual([]);
  });

  test('is registered in its place, and warned about, when the bot’s main module registers it first', async () => {
    const discord = await localDiscord();
    // As long as there is no store, Sapphire keeps the pieces for it.
    container.stores.delete('commands');
    await container.stores.loadPiece({ store: 'commands', name: 'seen', piece: ownCommand('seen') });
    const bot = await logInOnce(discord, await newSapphireClient(discord, { path: newPath() }));
    expect(hidden(bot)).toMatchObject([advice]);
    expect(descriptions(discord)).toEqual({ seen: 'Whom somebody has seen' });
  });

  test('is registered in its place, and warned about, when it is one that extends SeenCommand', async () => {
    const discord = await localDiscord();
    const client = await newSapphireClient(discord, { path: newPath() });
    class Staff extends SeenCommand {}
    await container.stores.loadPiece({ store: 'commands', name: 'seen', piece: Staff });
    const bot = await logInOnce(discord, client);
    expect(hidden(bot)).toMatchObject([advice]);
    expect(descriptions(discord)).toEqual({ seen: DESCRIPTION });
  });

  test.for<[string, string, ReturnType<typeof ownCommand>, CommandOption, number]>([
    ['a piece of the same name', 'seen', ownCommand('seen'), undefined, 1],
    ['a piece of the same name that registers another', 'seen', ownCommand('whereabouts'), undefined, 1],
    ['a piece of the same name that registers no slash command', 'seen', ownCommand(''), undefined, 1],
    ['a piece of another name that registers it', 'whereabouts', ownCommand('seen'), undefined, 1],
    ['a piece with that alias', 'where', ownCommand('where', { aliases: ['seen'] }), undefined, 1],
    ['a piece whose options name it', 'where', ownCommand('where', { name: 'seen' }), undefined, 1],
    ['a piece with a context menu of that name', 'where', ownCommand(''), undefined, 0],
    ['with another name for the plugin’s', 'seen', ownCommand('seen'), { name: 'feeds' }, 0],
    ['without the plugin’s', 'seen', ownCommand('seen'), false, 0],
  ])('is warned about, with what to do: %s', async ([, name, piece, command, warnings]) => {
    const discord = await localDiscord();
    const client = await newSapphireClient(discord, { path: newPath(), command });
    await container.stores.loadPiece({ store: 'commands', name, piece });
    const bot = await logInOnce(discord, client);
    expect(hidden(bot)).toHaveLength(warnings);
    for (const fields of hidden(bot)) expect(fields).toMatchObject(advice);
    expect(Object.keys(descriptions(discord))).toEqual(
      expect.arrayContaining(typeof command === 'object' ? ['seen', 'feeds'] : []),
    );
  });
});

describe('the name of the command', () => {
  test('is the one that people type, and the one in the texts', async () => {
    const discord = await localDiscord();
    await start(discord, { name: 'feeds', guildIds: [ids.home] });
    const slash = { user: ids.owner, channelId: ids.general, command: 'feeds' };
    const result = await discord.slash({ ...slash, subcommand: 'retry', options: { item: 'a' } });
    expect((await result.reply()).content).toContain('`/feeds why`');
  });

  test('is that of a class that extends SeenCommand: its own, or that of its file', async () => {
    const discord = await localDiscord();
    class Named extends SeenCommand {
      constructor(context: Command.LoaderContext, options: Command.Options) {
        super(context, { ...options, name: 'feeds' });
      }
    }
    for (const [piece, name] of [
      [Named, 'whatever'],
      [Named, 'feeds'],
      [class extends SeenCommand {}, 'feeds'],
    ] as const) {
      const client = await newSapphireClient(discord, { path: newPath(), command: false });
      await container.stores.loadPiece({ store: 'commands', name, piece });
      await logInOnce(discord, client);
      expect(registered(discord)).toEqual(['feeds']);
      const slash = { user: ids.owner, channelId: ids.general, command: 'feeds', subcommand: 'retry' };
      const result = await discord.slash({ ...slash, options: { item: 'a' } });
      expect((await result.reply()).content).toContain('`/feeds why`');
      await container.stores.get('commands').unloadAll();
      await client.destroy();
      await container.seen?.close();
    }
  });

  test('is refused at login when Discord would refuse it as that of a class of the bot’s', async () => {
    const discord = await localDiscord();
    const client = await newSapphireClient(discord, { path: newPath(), command: false });
    onTestFinished(async () => {
      await client.destroy();
      await container.seen?.close();
    });
    class Staff extends SeenCommand {}
    await container.stores.loadPiece({ store: 'commands', name: 'staff seen', piece: Staff });
    await expect(client.login(discord.token)).rejects.toThrow(/The name of the command Staff is "staff seen", but/);
  });

  test('is changed where the command is known by its id, with idHints', async () => {
    const discord = await localDiscord();
    await (await start(discord, undefined)).stop();
    const [{ id } = { id: '' }] = discord.commands;
    const bot = await start(discord, { name: 'feeds', idHints: [id] });
    expect(discord.commands).toMatchObject([{ name: 'feeds', id }]);
    expect(bot.logger.of('seen_command_removed')).toEqual([]);
    expect(bot.logger.events(LogLevel.Trace).filter((text) => text.includes('idHints'))).toEqual([]);
  });

  test.for<[unknown, RegExp]>([
    [{ name: 'Feeds' }, /seen\.command\.name is "Feeds"/],
    [{ name: 'my feeds' }, /seen\.command\.name is "my feeds"/],
    [{ name: '' }, /seen\.command\.name/],
    [{ name: 'x'.repeat(33) }, /seen\.command\.name/],
    [{ guildIds: [] }, /guildIds is empty/],
    [{ guildIds: ['home'] }, /guildIds names "home"/],
    [{ guildIds: ids.home }, /seen\.command\.guildIds must be an array of ids, but is/],
    [{ idHints: ['seen'] }, /seen\.command\.idHints names "seen", which is not the id of a registered command/],
    [{ idHints: ids.home }, /seen\.command\.idHints must be an array/],
    [{ guildId: ids.home }, /seen\.command has no option guildId\. It has: name, guildIds, idHints\./],
  ])('and the servers are looked at before anything else: %o', async ([command, message]) => {
    const discord = await localDiscord();
    const client = await newSapphireClient(discord, { path: newPath(), command: command as CommandOption });
    onTestFinished(() => client.destroy());
    const refusal: unknown = await client.login(discord.token).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SeenConfigError);
    expect(String(refusal)).toMatch(message);
    expect(discord.requests).toEqual([]);
  });
});

describe('options that do not exist', () => {
  test.for<[string, object]>([
    ['seen has no option dbPath. It has: path, ', { dbPath: 'a.sqlite' }],
    ['seen.admins has no option userId. It has: guildId, channelId, userIds, roleIds.', { admins: { userId: '1' } }],
    ['seen.metrics has no option hostname. It has: port, host.', { metrics: { port: 0, hostname: 'a' } }],
  ])('are refused at login, with those that do: %s', async ([message, options]) => {
    const discord = await localDiscord();
    const client = await newSapphireClient(discord, { path: newPath(), ...options });
    onTestFinished(() => client.destroy());
    await expect(client.login(discord.token)).rejects.toThrow(message);
    expect(discord.requests).toEqual([]);
  });
});
