import { expect, test } from 'vitest';

import { ids } from '../../local/discord/index.ts';
import { noCounts, type Cycle } from '../../src/store/index.ts';
import { daysAgo, fail, privateAnswer, startSeenBot } from './seen-bot.ts';

/** A cycle that has just ended. */
function cycle(counts: Partial<Cycle>): Cycle {
  return { feed: 'filings', startedAt: new Date(), finishedAt: new Date(), ...noCounts, ...counts };
}

test('/seen stats shows what the store remembers and what it saved, to anybody who asks and to nobody else', async () => {
  const bot = await startSeenBot();
  const { store, seen } = bot;
  const [oldest, newest] = [daysAgo(20), daysAgo(1)];
  await store.markSeen(['a', 'b'], oldest);
  await store.markSeen('c', newest);
  await fail(bot, 'd');
  await store.cycles.record(cycle({ total: 3_313, marked: 3_313 }));
  await store.cycles.record(cycle({ total: 3_315, skipped: 3_310, enriched: 5, posted: 4, failed: 1 }));

  const result = await seen('stats', { user: ids.otherAdmin, channelId: ids.otherGeneral });
  await privateAnswer(result);
  const embed = result.message?.embeds[0];
  const fields = new Map(embed?.fields?.map(({ name, value }) => [name, value]));
  expect(fields.get('Remembered')).toBe('**3** ids');
  expect(fields.get('Oldest')).toBe(`<t:${oldest}:R>`);
  expect(fields.get('Newest')).toBe(`<t:${newest}:R>`);
  expect(fields.get('Database')).toMatch(/^\d+(\.\d)? KiB$/);
  expect(fields.get('Write-ahead log')).toMatch(/^\d+(\.\d)? KiB$/);
  expect(fields.get('Forgets after')).toBe('30 days');
  expect(fields.get('Today (UTC)')).toContain('6,628 listed · 3,310 skipped · 5 enriched · 4 posted · 3,313 marked');
  expect(fields.get('Last cycle')).toContain('**99 %** skipped as seen');
  expect(fields.get('Last cycle')).toContain('3,315 listed · 3,310 skipped · 5 enriched · 4 posted · 1 attempt failed');
  expect(fields.get('On their way')).toBe('0 in progress · 0 waiting for a retry · **1** failed');
});

test('/seen stats shows what enrichment has cost today, and what was saved', async () => {
  const { store, seen } = await startSeenBot();
  await store.spending.add('filings', { requests: 2, tokens: 500, enrichments: 2 }, { tokens: 1_000 });
  await store.cycles.record(cycle({ total: 40, skipped: 40 }));
  const result = await seen('stats', { user: ids.member, channelId: ids.general });
  await privateAnswer(result);
  const fields = new Map(result.message?.embeds[0]?.fields?.map(({ name, value }) => [name, value]));
  expect(fields.get('Enrichment today (UTC)')).toBe(
    [
      '▰▰▰▰▰▰▱▱▱▱▱▱ **50 %** of the budget',
      '2 requests · 500 tokens of 1,000',
      'Saved: about 40 requests and 10,000 tokens, for items seen before',
    ].join('\n'),
  );
});

test('/seen stats shows what fails, without the reason', async () => {
  const bot = await startSeenBot();
  const { since } = await bot.store.incidents.open('source:filings', 'a secret of the operator');
  await bot.store.incidents.open('store', 'down');
  await bot.store.incidents.close('store');
  const result = await bot.seen('stats', { user: ids.member, channelId: ids.general });
  await privateAnswer(result);
  const fields = new Map(result.message?.embeds[0]?.fields?.map(({ name, value }) => [name, value]));
  expect(fields.get('Failing')).toBe(`\`source:filings\` since <t:${Math.floor(since.getTime() / 1000)}:R>`);
});
