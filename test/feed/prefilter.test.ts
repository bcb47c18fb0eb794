import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { prefilter } from '../../src/feed/intake/prefilter.ts';
import { openSeenStore, SeenInputError } from '../../src/store/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { NoteFeed, type Note } from '../support/notes.ts';

const feed = new NoteFeed();

async function sift(items: readonly Note[], seen: readonly string[]) {
  const store = await openSeenStore({ path: join(temporaryFolder(), 'seen.sqlite') });
  onTestFinished(() => store.close());
  await store.markSeen(seen);
  const questions: (readonly string[])[] = [];
  const filterUnseen = (ids: readonly string[]): Promise<string[]> => {
    questions.push(ids);
    return store.filterUnseen(ids);
  };
  const { seen: known, unseen } = await prefilter({ filterUnseen }, items, feed);
  return { questions, seen: known.map(({ id }) => id), unseen: unseen.map(({ id }) => id) };
}

const named = (...ids: string[]): Note[] => ids.map((id) => ({ id }));

test('the prefilter keeps the order, drops repeats and seen items, and asks the store once', async () => {
  const items = named('d', 'a', 'c', 'a', 'b', 'd');
  const { questions, ...result } = await sift(items, ['c']);
  expect(result).toEqual({ unseen: ['d', 'a', 'b'], seen: ['c'] });
  expect(questions).toEqual([['d', 'a', 'c', 'b']]);
});

test('an item is seen under any of its aliases', async () => {
  const items = [
    { id: 'a', aliases: ['link-a', 'atom-a'] },
    { id: 'b', aliases: ['link-b'] },
  ];
  expect(await sift(items, ['atom-a'])).toMatchObject({ unseen: ['b'], seen: ['a'] });
});

test('an alias that cannot be an id is ignored', async () => {
  const items = [{ id: 'a', aliases: ['', 'x'.repeat(600)] }, { id: 'b' }];
  expect(await sift(items, ['b'])).toMatchObject({ unseen: ['a'], seen: ['b'] });
});

test('a key that cannot be an id is refused', async () => {
  await expect(sift(named('a', ''), [])).rejects.toThrow(SeenInputError);
});

test('no items give no items', async () => {
  expect(await sift([], ['a'])).toMatchObject({ unseen: [], seen: [] });
});
