import { LogLevel } from '@sapphire/framework';
import { describe, expect, test } from 'vitest';

import { parseFilingId } from '../../src/bot/filing/filing-id.ts';
import { noCounts, type Cycle } from '../../src/store/index.ts';
import { ids, type InteractionResult } from '../../local/discord/index.ts';
import { daysAgo, privateAnswer, startSeenBot, type SeenBot } from './seen-bot.ts';

const ACCESSION = '0001234567-26-000001';
const LINK = `https://www.sec.gov/Archives/edgar/data/1/${ACCESSION.replaceAll('-', '')}/${ACCESSION}-index.htm`;

/** A cycle that has just ended. */
function cycle(counts: Partial<Cycle>): Cycle {
  return { feed: 'filings', startedAt: new Date(), finishedAt: new Date(), ...noCounts, ...counts };
}

async function fail({ store }: SeenBot, ...items: readonly string[]): Promise<void> {
  await store.fail(await store.claim(items), 'Missing Access');
}

async function embedOf(result: InteractionResult) {
  await privateAnswer(result);
  const { title, description, fields = [] } = result.message?.embeds[0] ?? {};
  return { title, description, ...Object.fromEntries(fields.map(({ name, value }) => [name, value])) };
}

test('/seen stats shows what the store holds and what it saved, to whoever asks and to nobody else', async () => {
  const { store, seen } = await startSeenBot();
  const [oldest, newest] = [daysAgo(20), daysAgo(1)];
  await store.markSeen(['a', 'b'], oldest);
  await store.markSeen('c', newest);
  const [failing] = await store.claim(['d']);
  if (failing !== undefined) await store.fail([failing], 'no');
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

describe('/seen why', () => {
  const why = (bot: SeenBot, item: string, user: string = ids.member): Promise<InteractionResult> =>
    bot.seen('why', { user, options: { item } });

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

  test('tells a dead letter, and its error to who may see it', async () => {
    const bot = await startSeenBot();
    await fail(bot, ACCESSION);
    const said = { description: expect.stringContaining('❌ failed'), Seen: 'no', Attempts: '1' };
    const toAdmin = await embedOf(await why(bot, ACCESSION, ids.homeAdmin));
    expect(toAdmin).toMatchObject({ ...said, 'Last error': 'Missing Access' });
    const toMember = await embedOf(await why(bot, ACCESSION));
    expect(toMember).toMatchObject(said);
    expect(toMember).not.toHaveProperty('Last error');
  });

  test.for(['@everyone [x](https://evil.example)', '`'.repeat(512), '😀'.repeat(256)])(
    'answers to the unknown id “%s”',
    async (item) => {
      const answer = await embedOf(await why(await startSeenBot(), item));
      expect(answer).toMatchObject({ description: 'Nothing is known about it.' });
    },
  );

  test.for([
    [' ', /^⚠️ That is not the id of an item\.$/],
    ['a\u0000b', /^⚠️ .*id/],
    ['\ud800', /^⚠️ .*id/],
  ] as const)('says that “%s” is no id, and logs no error of the bot', async ([item, said]) => {
    const bot = await startSeenBot();
    expect(await privateAnswer(await why(bot, item))).toMatch(said);
    expect(bot.logger.events(LogLevel.Error)).toEqual([]);
  });
});

describe('/seen retry', () => {
  const retry = (bot: SeenBot, item?: string, user: string = ids.homeAdmin): Promise<InteractionResult> =>
    bot.seen('retry', { user, options: item === undefined ? {} : { item } });

  test('of one item tries that one again', async () => {
    const bot = await startSeenBot({ seen: { parseId: parseFilingId } });
    await fail(bot, ACCESSION, 'b', 'c');
    expect(await privateAnswer(await retry(bot, LINK))).toBe('✅ 1 failed item will be tried again in the next cycle.');
    expect((await bot.store.ledger.failed()).map(({ id }) => id).toSorted()).toEqual(['b', 'c']);
    expect((await bot.store.claimWaiting()).map(({ id }) => id)).toEqual([ACCESSION]);
  });

  test('of everything tries all again', async () => {
    const bot = await startSeenBot();
    await fail(bot, 'a', 'b');
    expect(await privateAnswer(await retry(bot))).toBe('✅ 2 failed items will be tried again in the next cycle.');
    expect(await bot.store.ledger.failed()).toEqual([]);
  });

  test('of what has not failed says so', async () => {
    const bot = await startSeenBot();
    expect(await privateAnswer(await retry(bot))).toBe('Nothing has failed.');
    expect(await privateAnswer(await retry(bot, 'a'))).toMatch(/^That item has not failed/);
  });

  test('of an empty item retries nothing', async () => {
    const bot = await startSeenBot();
    await fail(bot, 'a');
    expect(await privateAnswer(await retry(bot, '  '))).toBe('⚠️ That is not the id of an item.');
    expect(await bot.store.ledger.failed()).toHaveLength(1);
  });

  test('is not for everybody', async () => {
    const bot = await startSeenBot();
    await fail(bot, 'a');
    expect(await privateAnswer(await retry(bot, 'a', ids.member))).toMatch(/^Only administrators/);
    expect(await bot.store.ledger.failed()).toHaveLength(1);
  });
});
