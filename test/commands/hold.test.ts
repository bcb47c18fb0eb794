import { describe, expect, test } from 'vitest';

import { ids, type InteractionResult } from '../../local/discord/index.ts';
import type { Hold } from '../../src/store/index.ts';
import { privateAnswer, startSeenBot, type SeenBot } from './seen-bot.ts';

interface Given {
  readonly feed?: string;
  readonly decision?: string;
}

function hold(bot: SeenBot, options: Given = {}, user: string = ids.homeAdmin): Promise<InteractionResult> {
  return bot.seen('hold', { user, options: { ...options } });
}

/** The fields of the embed, as text. */
async function listOf(result: InteractionResult): Promise<string> {
  const { embeds } = await result.reply();
  expect(result.ephemeral).toBe(true);
  return (embeds[0]?.fields ?? []).map(({ name, value }) => `${name}\n${value}`).join('\n\n');
}

/** A bot that has asked nobody about what it holds. */
async function startHolding(...feeds: readonly string[]): Promise<SeenBot & { readonly holds: readonly Hold[] }> {
  const bot = await startSeenBot();
  const holds: Hold[] = [];
  for (const feed of feeds) holds.push(await bot.store.holds.open(feed, [`${feed}-1`, `${feed}-2`]));
  return { ...bot, holds };
}

describe('/seen hold', () => {
  test('says that nothing is held', async () => {
    const bot = await startSeenBot();
    expect(await privateAnswer(await hold(bot))).toBe('No batch is held.');
    expect(await privateAnswer(await hold(bot, { decision: 'post' }))).toBe('No batch is held.');
    expect(await privateAnswer(await hold(bot, { feed: 'news' }))).toBe('No batch is held.');
  });

  test('lists what is held, of which feed, since when, and what was asked and decided', async () => {
    const bot = await startHolding('filings', 'news');
    const [filings, news] = bot.holds;
    const question = await bot.store.holds.startQuestion(news?.id ?? 0, ids.announcements, null);
    if (question !== null) await bot.store.holds.saveQuestion(news?.id ?? 0, question, '1234');
    await bot.store.holds.decide(news?.name ?? '', 'mark', ids.owner);
    const since = Math.floor((filings?.createdAt.getTime() ?? 0) / 1000);
    expect(await listOf(await hold(bot))).toBe(
      [
        'filings: 2 items',
        `Held since <t:${since}:R>: filings-1, filings-2`,
        'Nobody has decided yet.',
        '',
        'news: 2 items',
        `Held since <t:${Math.floor((news?.createdAt.getTime() ?? 0) / 1000)}:R>: news-1, news-2`,
        `<@${ids.owner}> has decided that they will be marked as seen without a post in the next cycle.`,
        `Asked in <#${ids.announcements}>: [question](https://discord.com/channels/${ids.home}/${ids.announcements}/1234)`,
      ].join('\n'),
    );
    expect(await listOf(await hold(bot, { feed: ' news ' }))).toMatch(/^news: 2 items\n[^]*question/);
  });

  test.for([
    ['mark', 'marked as seen without a post'],
    ['post', 'posted'],
  ] as const)('decides “%s” about the one batch that is held', async ([decision, said]) => {
    const bot = await startHolding('filings');
    expect(await privateAnswer(await hold(bot, { decision }))).toBe(
      `✅ The 2 items of \`filings\` will be ${said} in the next cycle, as <@${ids.homeAdmin}> decided.`,
    );
    expect(await bot.store.holds.current('filings')).toMatchObject({ decision, decidedBy: ids.homeAdmin });
    expect(bot.logger.events()).toContain('seen_hold_decided');
  });

  test('asks for the feed where several batches are held, and decides about that one only', async () => {
    const bot = await startHolding('filings', 'news');
    const unnamed = await hold(bot, { decision: 'post' });
    expect(await privateAnswer(unnamed)).toMatch(/^More than one batch is held/);
    expect(await listOf(unnamed)).toContain('news: 2 items');
    expect(await privateAnswer(await hold(bot, { decision: 'post', feed: 'news' }))).toContain('`news` will be posted');
    expect((await bot.store.holds.list()).map(({ decision }) => decision)).toEqual([null, 'post']);
  });

  test('names the feeds that are held where another was asked for', async () => {
    const bot = await startHolding('filings');
    expect(await privateAnswer(await hold(bot, { feed: 'filing', decision: 'post' }))).toBe(
      'No batch of that feed is held. These are: `filings`.',
    );
    expect(await bot.store.holds.current('filings')).toMatchObject({ decision: null });
  });

  test('shows a feed whose name has a backtick as one piece of code', async () => {
    const bot = await startHolding('a`b', 'news');
    expect(await privateAnswer(await hold(bot, { feed: 'other', decision: 'post' }))).toContain("`a'b`");
    expect(await privateAnswer(await hold(bot, { feed: 'a`b', decision: 'mark' }))).toContain(
      "2 items of `a'b` will be",
    );
  });

  test('keeps to the first decision, and says whose it is', async () => {
    const bot = await startHolding('filings');
    await bot.store.holds.decide(1, 'mark', ids.owner);
    expect(await privateAnswer(await hold(bot, { decision: 'post' }))).toBe(
      `This was decided before. The 2 items of \`filings\` will be marked as seen without a post in the next cycle, ` +
        `as <@${ids.owner}> decided.`,
    );
  });

  test.for([ids.member, ids.otherAdmin])('refuses user %s', async (user) => {
    const bot = await startHolding('filings');
    expect(await privateAnswer(await hold(bot, { decision: 'post' }, user))).toMatch(/^Only administrators/);
    expect(await privateAnswer(await hold(bot, {}, user))).toMatch(/^Only administrators/);
    expect(await bot.store.holds.current('filings')).toMatchObject({ decision: null });
  });

  test('fits at the largest values, and shows foreign text as it is', async () => {
    const bot = await startSeenBot();
    const items = Array.from(
      { length: 1_000 },
      (_, n) => `@everyone [**x**](https://evil.example) ${'*'.repeat(450)} ${n}`,
    );
    for (let n = 0; n < 8; n += 1) {
      const { id } = await bot.store.holds.open(`${n} ${'feed '.repeat(40)}`, items);
      const question = await bot.store.holds.startQuestion(id, ids.announcements, null);
      if (question !== null) await bot.store.holds.saveQuestion(id, question, '9'.repeat(20));
      await bot.store.holds.decide(id, 'mark', '9'.repeat(20));
    }
    const result = await hold(bot);
    const list = await listOf(result);
    expect(list).toContain(String.raw`\@everyone \[\*\*x\*\*\](https\://evil.example)`);
    expect(list).toContain('and 994 more');
    expect(result.message?.embeds[0]?.footer?.text).toBe('and 3 more: name a feed to see its batch');
  });
});
