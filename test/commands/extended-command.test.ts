import * as framework from '@sapphire/framework';
import type { Command } from '@sapphire/framework';
import { SeenCommand } from 'sapphire-plugin-seen';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { buttonsOf, ids } from '../../local/discord/index.ts';
import { prepareCorePieces } from '../support/core-pieces.ts';
import { daysAgo, privateAnswer, startSeenBot, type SeenBot } from './seen-bot.ts';

/** A bot's own command, which refuses users without a permission, and one of its subcommands to everybody. */
class StaffSeenCommand extends SeenCommand {
  constructor(context: Command.LoaderContext, options: Command.Options) {
    super(context, { ...options, requiredUserPermissions: ['ManageMessages'] });
    this.subcommandPreconditions.get('retry')?.append('DMOnly');
  }
}

// Every client of this file loads it, as Sapphire loads what lies in a bot's folder of commands.
const { registry } = framework.SapphireClient.plugins;
const before = new Set(registry);
beforeAll(async () => {
  // Whatever the first client of the process has is taken for Sapphire's own.
  await prepareCorePieces(framework);
  framework.SapphireClient.plugins.registerPostInitializationHook(async () => {
    await framework.container.stores.loadPiece({ store: 'commands', name: 'seen', piece: StaffSeenCommand });
  });
});
afterAll(() => {
  for (const plugin of registry) if (!before.has(plugin)) registry.delete(plugin);
});

async function startStaffBot(): Promise<SeenBot> {
  const bot = await startSeenBot({ seen: { command: false } });
  await bot.store.markSeen(['a'], daysAgo(20));
  return bot;
}

describe('a command that extends SeenCommand', () => {
  test('works with its buttons', async () => {
    const bot = await startStaffBot();
    expect(bot.discord.commands).toMatchObject([{ name: 'seen' }]);
    const asked = await (await bot.seen('purge', { user: ids.homeAdmin, options: { age: '7d' } })).reply();
    const [forget] = buttonsOf(asked);
    const answer = { user: ids.homeAdmin, message: asked, customId: forget?.customId ?? 'no such button' };
    const result = await bot.discord.press(answer);
    expect((await result.waitFor(({ content }) => content.startsWith('✅'))).content).toBe('✅ Forgot 1 id.');
    expect(await bot.store.filterUnseen(['a'])).toEqual(['a']);
  });

  test('tells a user why its own precondition denies the command', async () => {
    const bot = await startStaffBot();
    const said = await privateAnswer(await bot.seen('stats', { user: ids.member }));
    expect(said).toMatch(/^You are missing the following permissions to run this command: Manage Messages/);
  });

  test('tells a user why a precondition of a subcommand denies that one', async () => {
    const bot = await startStaffBot();
    const said = await privateAnswer(await bot.seen('retry', { user: ids.homeAdmin }));
    expect(said).toBe('You cannot run this command outside DMs.');
  });

  test('tells a user when the store fails', async () => {
    const bot = await startStaffBot();
    await bot.store.close();
    expect(await privateAnswer(await bot.seen('stats', { user: ids.homeAdmin }))).toMatch(/closed store/);
  });
});
