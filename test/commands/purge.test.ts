import { LogLevel } from '@sapphire/framework';
import { describe, expect, test } from 'vitest';

import { purge, startFilledBot } from './purge-bot.ts';
import { privateAnswer } from './seen-bot.ts';

describe('/seen purge', () => {
  test.for(['7', '-7d', 'soon', '', '1e9d', '1d 5x'])('says that “%s” is not an age', async (age) => {
    const bot = await startFilledBot();
    const answer = await privateAnswer(await purge(bot, age));
    expect(answer).toBe(`⚠️ “${age}” is not an age. Write a number and a unit: 7d, 36h, 2w.`);
    expect(bot.logger.events(LogLevel.Error)).toEqual([]);
  });

  test('says that nothing in the store is older than the oldest id', async () => {
    const bot = await startFilledBot();
    expect(await privateAnswer(await purge(bot, '25d'))).toBe('Nothing in the store is that old.');
  });

  test('warns of an age below the TTL', async () => {
    const bot = await startFilledBot({ seen: { ttlDays: 7 } });
    expect(await privateAnswer(await purge(bot, '12h'))).toContain('would be **posted again**');
  });
});
