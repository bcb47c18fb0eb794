import { describe, expect, test } from 'vitest';

import { parseFilingId } from '../../src/bot/filing/filing-id.ts';
import { ids, type InteractionResult } from '../discord/index.ts';
import { privateAnswer, startSeenBot, type SeenBot } from './seen-bot.ts';

const ACCESSION = '0001234567-26-000001';
const LINK = `https://www.sec.gov/Archives/edgar/data/1/${ACCESSION.replaceAll('-', '')}/${ACCESSION}-index.htm`;

async function fail({ store }: SeenBot, ...items: readonly string[]): Promise<void> {
  await store.fail(await store.claim(items), 'Missing Access');
}

async function embedOf(result: InteractionResult) {
  await privateAnswer(result);
  const { title, description, fields = [] } = result.message?.embeds[0] ?? {};
  return { title, description, ...Object.fromEntries(fields.map(({ name, value }) => [name, value])) };
}

describe('/seen why', () => {
  const why = (bot: SeenBot, item: string): Promise<InteractionResult> => bot.seen('why', { options: { item } });

  test.for([ACCESSION, LINK, ` ${ACCESSION} `, `urn:tag:sec.gov,2008:accession-number=${ACCESSION}`])(
    'finds a posted filing by “%s”, and links to its message',
    async (item) => {
      const bot = await startSeenBot({ seen: { parseId: parseFilingId } });
      const [claim] = await bot.store.claim([ACCESSION]);
      if (claim === undefined) throw new Error('The claim was not granted.');
      await bot.store.ledger.saveIntent(claim, ids.announcements);
      await bot.store.ledger.savePost(claim, ids.announcements, '1300000000000000001');
      await bot.store.commit([claim]);
      expect(await embedOf(await why(bot, item))).toMatchObject({
        title: ACCESSION,
        description: '✅ posted',
        Seen: 'yes: it is skipped',
        Channels: `<#${ids.announcements}> [message](https://discord.com/channels/${ids.home}/${ids.announcements}/1300000000000000001)`,
      });
    },
  );

  test('tells a dead letter and its error', async () => {
    const bot = await startSeenBot();
    await fail(bot, ACCESSION);
    expect(await embedOf(await why(bot, ACCESSION))).toMatchObject({
      description: expect.stringContaining('❌ failed'),
      'Last error': 'Missing Access',
      Attempts: '1',
    });
  });

  test.for(['@everyone [x](https://evil.example)', '`'.repeat(512), '😀'.repeat(256)])(
    'answers to the unknown id “%s”',
    async (item) => {
      const answer = await embedOf(await why(await startSeenBot(), item));
      expect(answer).toMatchObject({ description: 'Nothing is known of it.' });
    },
  );

  test.for([' ', 'a\u0000b', '\ud800'])('says that “%s” is no id', async (item) => {
    expect(await privateAnswer(await why(await startSeenBot(), item))).toMatch(/^⚠️ .*id/i);
  });
});

describe('/seen retry', () => {
  const retry = (bot: SeenBot, item?: string, user: string = ids.homeAdmin): Promise<InteractionResult> =>
    bot.seen('retry', { user, options: item === undefined ? {} : { item } });

  test('of one item tries that one again', async () => {
    const bot = await startSeenBot({ seen: { parseId: parseFilingId } });
    await fail(bot, ACCESSION, 'b', 'c');
    expect(await privateAnswer(await retry(bot, LINK))).toBe('✅ 1 failed item is tried again with the next cycle.');
    expect((await bot.store.ledger.failed()).map(({ id }) => id).toSorted()).toEqual(['b', 'c']);
    expect((await bot.store.claimWaiting()).map(({ id }) => id)).toEqual([ACCESSION]);
  });

  test('of everything tries all again', async () => {
    const bot = await startSeenBot();
    await fail(bot, 'a', 'b');
    expect(await privateAnswer(await retry(bot))).toBe('✅ 2 failed items are tried again with the next cycle.');
    expect(await bot.store.ledger.failed()).toEqual([]);
  });

  test('of what has not failed says so', async () => {
    const bot = await startSeenBot();
    expect(await privateAnswer(await retry(bot))).toBe('Nothing has failed.');
    expect(await privateAnswer(await retry(bot, 'a'))).toMatch(/^That item has not failed/);
  });

  test('is not for everybody', async () => {
    const bot = await startSeenBot();
    await fail(bot, 'a');
    expect(await privateAnswer(await retry(bot, 'a', ids.member))).toMatch(/^Only administrators/);
    expect(await bot.store.ledger.failed()).toHaveLength(1);
  });
});
