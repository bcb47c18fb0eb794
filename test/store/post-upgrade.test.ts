import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore } from '../../src/store/index.ts';
import { newDatabasePath } from '../support/database-file.ts';
import { settableClock } from '../support/settable-clock.ts';
import { NOON } from '../support/times.ts';
import { takeBackTo010 } from '../support/version-0-1-0.ts';

/** A file as version 0.1.0 left it: of its posts it knows the machine's time, and nothing of what was sent. */
async function oldFile(): Promise<string> {
  const path = newDatabasePath();
  const store = await openSeenStore({ path, clock: settableClock() });
  const claims = await store.claim(['doubtful', 'posted']);
  for (const claim of claims) await store.ledger.saveIntent(claim, 'channel');
  for (const claim of claims.slice(1)) await store.ledger.savePost(claim, 'channel', 'message');
  await store.release(claims, { error: 'stopped' });
  await store.close();
  takeBackTo010(path);
  return path;
}

test('the posts of an older file are kept, with a time that is the machine’s', async () => {
  const store = await openSeenStore({ path: await oldFile(), clock: settableClock() });
  onTestFinished(() => store.close());
  const [doubtful, posted] = await store.claim(['doubtful', 'posted']);
  const unknown = {
    channelId: 'channel',
    intentAt: new Date(NOON),
    discordAt: null,
    fingerprint: null,
    mayRepeat: false,
  };
  expect(doubtful?.posts).toEqual([{ ...unknown, state: 'open', messageId: null, error: null }]);
  expect(posted?.posts).toEqual([{ ...unknown, state: 'posted', messageId: 'message', error: null }]);
  if (doubtful === undefined) throw new Error('not granted');
  expect(await store.ledger.channelPosts(doubtful, 'channel', ['message'])).toMatchObject({ recorded: ['message'] });
  await store.ledger.saveIntent(doubtful, 'channel', { fingerprint: 'sent' });
  expect((await store.ledger.find('doubtful'))?.posts).toMatchObject([{ fingerprint: 'sent' }]);
});
