import { describe, expect, test } from 'vitest';

import { ids, type InteractionResult } from '../../local/discord/index.ts';
import { scopedId } from '../../src/store/index.ts';
import { parseFilingId } from '../../src/bot/filing/filing-id.ts';
import { fail, privateAnswer, startSeenBot, type SeenBot } from './seen-bot.ts';

const ACCESSION = '0001234567-26-000001';
const LINK = `https://www.sec.gov/Archives/edgar/data/1/${ACCESSION.replaceAll('-', '')}/${ACCESSION}-index.htm`;

describe('/seen retry', () => {
  const retry = (bot: SeenBot, item?: string, user: string = ids.homeAdmin): Promise<InteractionResult> =>
    bot.seen('retry', { user, options: item === undefined ? {} : { item } });

  test('tries one item again, given by its link', async () => {
    const bot = await startSeenBot({ seen: { parseId: parseFilingId } });
    await fail(bot, ACCESSION, 'b', 'c');
    expect(await privateAnswer(await retry(bot, LINK))).toBe('✅ 1 failed item will be tried again in the next cycle.');
    expect((await bot.store.ledger.failed()).map(({ id }) => id).toSorted()).toEqual(['b', 'c']);
    expect((await bot.store.claimWaiting()).map(({ id }) => id)).toEqual([ACCESSION]);
  });

  test('tries all failed items again when none is given', async () => {
    const bot = await startSeenBot();
    await fail(bot, 'a', 'b');
    expect(await privateAnswer(await retry(bot))).toBe('✅ 2 failed items will be tried again in the next cycle.');
    expect(await bot.store.ledger.failed()).toEqual([]);
  });

  test('tries the item of each feed again that failed, and says which', async () => {
    const bot = await startSeenBot();
    for (const feed of ['news', 'blog', '**other**']) await bot.store.scopes.assign(feed, [['7']]);
    for (const feed of ['blog', '**other**'])
      await bot.store.fail(await bot.store.claim([scopedId(feed, '7')], { feed }), 'no model');
    await bot.store.commit(await bot.store.claim(['7'], { feed: 'news' }));
    await fail(bot, '8');
    expect(await privateAnswer(await retry(bot, '7'))).toBe(
      '✅ 2 failed items of \\*\\*other\\*\\* and blog will be tried again in the next cycle.',
    );
    expect((await bot.store.ledger.failed()).map(({ id }) => id)).toEqual(['8']);
    expect(await privateAnswer(await retry(bot, '7'))).toMatch(/^That item has not failed/);
  });

  test('says that nothing, or that an item, has not failed', async () => {
    const bot = await startSeenBot();
    expect(await privateAnswer(await retry(bot))).toBe('Nothing has failed.');
    expect(await privateAnswer(await retry(bot, 'a'))).toMatch(/^That item has not failed/);
  });

  test('retries nothing when the item is blank', async () => {
    const bot = await startSeenBot();
    await fail(bot, 'a');
    expect(await privateAnswer(await retry(bot, '  '))).toBe('⚠️ That is not the id of an item.');
    expect(await bot.store.ledger.failed()).toHaveLength(1);
  });

  test('refuses users who are not admins', async () => {
    const bot = await startSeenBot();
    await fail(bot, 'a');
    expect(await privateAnswer(await retry(bot, 'a', ids.member))).toMatch(/^Only administrators/);
    expect(await bot.store.ledger.failed()).toHaveLength(1);
  });
});
