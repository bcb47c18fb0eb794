import { LogLevel } from '@sapphire/framework';
import { describe, expect, test } from 'vitest';

import { ids, type InteractionResult } from '../../local/discord/index.ts';
import { scopedId } from '../../src/store/index.ts';
import { parseFilingId } from '../../src/bot/filing/filing-id.ts';
import { fail, privateAnswer, startSeenBot, type SeenBot } from './seen-bot.ts';

const ACCESSION = '0001234567-26-000001';
const LINK = `https://www.sec.gov/Archives/edgar/data/1/${ACCESSION.replaceAll('-', '')}/${ACCESSION}-index.htm`;

async function embedOf(result: InteractionResult) {
  await privateAnswer(result);
  const { title, description, fields = [] } = result.message?.embeds[0] ?? {};
  return { title, description, ...Object.fromEntries(fields.map(({ name, value }) => [name, value])) };
}

/** The embeds of the reply, each as its fields by name. */
async function embedsOf(result: InteractionResult) {
  await privateAnswer(result);
  return (result.message?.embeds ?? []).map(({ description, fields = [] }): Record<string, string | undefined> =>
    Object.fromEntries([['description', description], ...fields.map(({ name, value }) => [name, value])]),
  );
}

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

  test('shows a dead letter to everybody, and its error to admins', async () => {
    const bot = await startSeenBot();
    await fail(bot, ACCESSION);
    const said = { description: expect.stringContaining('❌ failed'), Seen: 'no', Attempts: '1' };
    const toAdmin = await embedOf(await why(bot, ACCESSION, ids.homeAdmin));
    expect(toAdmin).toMatchObject({ ...said, 'Last error': 'Missing Access' });
    const toMember = await embedOf(await why(bot, ACCESSION));
    expect(toMember).toMatchObject(said);
    expect(toMember).not.toHaveProperty('Last error');
  });

  describe('where several feeds number their items alike', () => {
    async function startNumbered(...feeds: readonly string[]): Promise<SeenBot> {
      const bot = await startSeenBot();
      for (const feed of feeds) await bot.store.scopes.assign(feed, [['7']]);
      return bot;
    }

    test('shows the item of each feed that has one, with the feed’s name', async () => {
      const bot = await startNumbered('news', 'blog', 'other');
      await bot.store.commit(await bot.store.claim(['7'], { feed: 'news' }));
      await bot.store.fail(await bot.store.claim([scopedId('blog', '7')], { feed: 'blog' }), 'no model');
      expect(await embedsOf(await why(bot, '7', ids.homeAdmin))).toMatchObject([
        { Feed: 'news', description: '✅ posted', Seen: 'yes: it is skipped' },
        { Feed: 'blog', description: expect.stringContaining('❌ failed'), Seen: 'no', 'Last error': 'no model' },
      ]);
    });

    test('shows the one item that there is, and only once where it is stored under its key as well', async () => {
      const bot = await startNumbered('news', 'blog');
      await bot.store.commit(await bot.store.claim(['7'], { feed: 'blog' }));
      await bot.store.markSeen(scopedId('blog', '7'));
      expect(await embedsOf(await why(bot, '7'))).toMatchObject([{ Feed: 'blog', description: '✅ posted' }]);
      await bot.store.markSeen('8');
      expect(await embedsOf(await why(bot, '8'))).toMatchObject([
        { Feed: 'news', description: 'Marked without a post, or posted long ago.' },
      ]);
    });

    test('finds an item whose key is as long as a user can type', async () => {
      const bot = await startNumbered('news', 'blog');
      const key = 'k'.repeat(512);
      await bot.store.markSeen(scopedId('blog', key));
      expect(await embedsOf(await why(bot, key))).toMatchObject([{ Feed: 'blog', Seen: 'yes: it is skipped' }]);
    });

    test('names no feed where there is only one', async () => {
      const bot = await startNumbered('news');
      await bot.store.markSeen('7');
      const [embed] = await embedsOf(await why(bot, '7'));
      expect(embed).not.toHaveProperty('Feed');
    });

    test('shows as many feeds as Discord takes, and counts the others', async () => {
      const feeds = Array.from({ length: 14 }, (_, n) => `feed ${n}`);
      const bot = await startNumbered(...feeds);
      for (const feed of feeds) await bot.store.markSeen(scopedId(feed, '7'));
      const result = await why(bot, '7');
      expect(await privateAnswer(result)).toBe('… and 4 more feeds have an item with this id.');
      expect(result.message?.embeds).toHaveLength(10);
    });
  });

  test.for(['@everyone [x](https://evil.example)', '`'.repeat(512), '😀'.repeat(256)])(
    'says that nothing is known about the id “%s”',
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
