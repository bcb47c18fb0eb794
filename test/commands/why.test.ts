import { LogLevel } from '@sapphire/framework';
import { describe, expect, test } from 'vitest';

import { ids, type InteractionResult } from '../../local/discord/index.ts';
import { parseFilingId } from '../../src/bot/filing/filing-id.ts';
import { fail, privateAnswer, startSeenBot, type SeenBot } from './seen-bot.ts';

const ACCESSION = '0001234567-26-000001';
const LINK = `https://www.sec.gov/Archives/edgar/data/1/${ACCESSION.replaceAll('-', '')}/${ACCESSION}-index.htm`;

async function embedOf(result: InteractionResult) {
  await privateAnswer(result);
  const { title, description, fields = [] } = result.message?.embeds[0] ?? {};
  return { title, description, ...Object.fromEntries(fields.map(({ name, value }) => [name, value])) };
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
