import { describe, expect, test } from 'vitest';

import { ids } from '../../local/discord/index.ts';
import { call } from '../support/local-discord.ts';
import { privateAnswer, startSeenBot } from './seen-bot.ts';

/** Options with which each subcommand can run. */
const options = { stats: {}, purge: { age: '7d' }, why: { item: 'a' }, retry: {}, hold: {} };

describe('/seen', () => {
  test.for(Object.entries(options))('%s tells a user that the store has failed', async ([subcommand, given]) => {
    const bot = await startSeenBot();
    await bot.store.close();
    const result = await bot.seen(subcommand, { user: ids.homeAdmin, options: given });
    expect(await privateAnswer(result)).toMatch(/^⚠️ [\w.]+ was called on a closed store/);
  });

  test('tells a user about a subcommand of another version', async () => {
    const bot = await startSeenBot();
    const [command] = bot.discord.commands;
    const changed = [...(command?.options ?? []), { type: 1, name: 'forecast', description: 'Of another version' }];
    const path = `/applications/${bot.discord.world.application.id}/commands/${command?.id}`;
    expect(await call(bot.discord, 'PATCH', path, { options: changed })).toMatchObject({ status: 200 });
    expect(await privateAnswer(await bot.seen('forecast'))).toContain('The bot does not have this subcommand');
  });
});
