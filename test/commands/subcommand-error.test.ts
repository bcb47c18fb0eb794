import { describe, expect, test, vi } from 'vitest';

import { SeenStoreError } from '../../src/store/errors.ts';
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

  test('tells a user of a database that is away in one sentence, and the log in one line', async () => {
    const bot = await startSeenBot();
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:5432');
    const failure = new SeenStoreError('incidents.current', 'incidents.current failed', { cause });
    vi.spyOn(bot.store.incidents, 'current').mockRejectedValue(failure);
    expect(await privateAnswer(await bot.seen('stats'))).toMatch(/^⚠️ The bot’s database does not answer[^\n]*log\.$/);
    expect(bot.logger.of('seen_command_failed')).toMatchObject([{ level: 'warn', fields: { subcommand: 'stats' } }]);
    expect(bot.logger.lines.filter(({ event }) => event.includes('Encountered error'))).toEqual([]);
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
