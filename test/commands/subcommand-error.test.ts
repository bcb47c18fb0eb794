import { describe, expect, test } from 'vitest';

import { ids } from '../../local/discord/index.ts';
import { privateAnswer, startSeenBot } from './seen-bot.ts';

/** Options with which each subcommand can run. */
const options = { stats: {}, purge: { age: '7d' }, why: { item: 'a' }, retry: {} };

describe('/seen', () => {
  test.for(Object.entries(options))('%s tells a user that the store has failed', async ([subcommand, given]) => {
    const bot = await startSeenBot();
    await bot.store.close();
    const result = await bot.seen(subcommand, { user: ids.homeAdmin, options: given });
    expect(await privateAnswer(result)).toMatch(/^⚠️ \w+ was called on a closed store/);
  });
});
