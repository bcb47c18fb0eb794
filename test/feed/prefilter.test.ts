import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { prefilter } from '../../src/feed/intake/prefilter.ts';
import type { Identity } from '../../src/feed/feed.ts';
import { openSeenStore } from '../../src/store/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { NoteFeed, type Note } from '../support/notes.ts';

const feed = new NoteFeed();

async function sift(items: readonly Note[], seen: readonly string[], identity: Identity<Note> = feed) {
  const store = await openSeenStore({ path: join(temporaryFolder(), 'seen.sqlite') });
  onTestFinished(() => store.close());
  await store.markSeen(seen);
  const questions: (readonly string[])[] = [];
  const filterUnseen = (ids: readonly string[]): Promise<string[]> => {
    questions.push(ids);
    return store.filterUnseen(ids);
  };
  const { seen: known, unseen, invalid } = await prefilter({ filterUnseen }, items, identity);
  return { questions, invalid, seen: known.map(({ id }) => id), unseen: unseen.map(({ id }) => id) };
}

const named = (...ids: string[]): Note[] => ids.map((id) => ({ id }));

test('the prefilter keeps the order, drops repeats and seen items, and asks the store once', async () => {
  const items = named('d', 'a', 'c', 'a', 'b', 'd');
  const { questions, ...result } = await sift(items, ['c']);
  expect(result).toEqual({ unseen: ['d', 'a', 'b'], seen: ['c'], invalid: [] });
  expect(questions).toEqual([['d', 'a', 'c', 'b']]);
});

test('an item is seen under any of its aliases', async () => {
  const items = [
    { id: 'a', aliases: ['link-a', 'atom-a'] },
    { id: 'b', aliases: ['link-b'] },
  ];
  expect(await sift(items, ['atom-a'])).toMatchObject({ unseen: ['b'], seen: ['a'] });
});

test('the store is asked for the aliases of an item only if it does not know the key', async () => {
  const items = [
    { id: 'a', aliases: ['link-a', 'atom-a'] },
    { id: 'b', aliases: ['link-b'] },
    { id: 'c', aliases: ['link-b'] },
    { id: 'd' },
  ];
  const { questions, ...result } = await sift(items, ['a', 'link-b']);
  expect(result).toEqual({ unseen: ['d'], seen: ['a', 'b', 'c'], invalid: [] });
  expect(questions).toEqual([
    ['a', 'b', 'c', 'd'],
    ['link-b', 'link-b'],
  ]);
});

test('an alias that cannot be an id is ignored', async () => {
  const items = [{ id: 'a', aliases: ['', 'x'.repeat(600)] }, { id: 'b' }];
  expect(await sift(items, ['b'])).toMatchObject({ unseen: ['a'], seen: ['b'] });
});

test.each([
  ['empty', '', 'The text that key() returned is empty'],
  ['blank', '  ', 'many items would share'],
  ['undefined', undefined, 'key() must return a text, but returned undefined. The item has the properties id.'],
  ['null', null, 'key() must return a text, but returned null. The item has the properties id.'],
  ['a number', 7, 'key() must return a text, but returned the number 7: use String(…) around it.'],
  ['a bigint', 7n, 'the number 7: use String(…)'],
  ['an object', { guid: 'x' }, 'returned a value of type object.'],
  ['an array', ['x'], 'returned an array.'],
  ['a promise', Promise.resolve('x'), 'returned a promise: it must not be async.'],
  ['too long', 'x'.repeat(600), 'key() returned has 600 characters'],
  ['cut off by databases', 'a\0b', 'key() returned contains U+0000'],
  [
    'made of a missing property',
    String(undefined),
    'key() returned the text "undefined", which many items would share',
  ],
  ['made of null', String(null), '"null"'],
  ['made of a number that is none', String(Number.NaN), '"NaN"'],
  ['made of an object', '[object Object]', '"[object Object]"'],
  ['made of a promise', '[object Promise]', '"[object Promise]"'],
  ['made of a wrong date', String(new Date(Number.NaN)), '"Invalid Date"'],
])('an item whose key is %s is left out with the reason, and holds up no other', async (_, id, reason) => {
  const bad = { id: id as string };
  const { unseen, seen, invalid } = await sift([...named('a'), bad, ...named('b'), bad], ['b']);
  expect({ unseen, seen }).toEqual({ unseen: ['a'], seen: ['b'] });
  expect(invalid.map(({ item }) => item)).toEqual([bad, bad]);
  expect(invalid[0]?.reason).toContain(reason);
});

test.each([
  [
    'key function throws',
    {
      key: ({ id }: Note) => {
        if (id === 'bad') throw new TypeError('there is no guid');
        return id;
      },
    },
    'there is no guid',
  ],
  [
    'aliases throw',
    {
      key: ({ id }: Note) => id,
      aliases: ({ id }: Note) => {
        if (id === 'bad') throw new RangeError('there is no link');
        return [];
      },
    },
    'there is no link',
  ],
  [
    'aliases are no array',
    { key: ({ id }: Note) => id, aliases: ({ id }: Note) => (id === 'bad' ? ('link' as never) : []) },
    'aliases must be an array',
  ],
] as const)('an item whose %s is left out with the reason, and holds up no other', async (_, identity, reason) => {
  const { unseen, invalid } = await sift(named('a', 'bad', 'b'), [], identity);
  expect(unseen).toEqual(['a', 'b']);
  expect(invalid).toEqual([{ item: { id: 'bad' }, reason: expect.stringContaining(reason) as string }]);
});

test.each(['undefinedly', 'null-island', 'nan', '0', 'object Object'])('the key %j is like any other', async (id) => {
  expect(await sift(named(id), [])).toMatchObject({ unseen: [id], invalid: [] });
});

test('an alias made of a missing property makes no two items one', async () => {
  const items = [
    { id: 'a', aliases: [String(undefined)] },
    { id: 'b', aliases: ['', 'link-b'] },
  ];
  expect(await sift(items, ['undefined', 'link-b'])).toMatchObject({ unseen: ['a'], seen: ['b'] });
});

test('a key is asked for once, so that one that changes does no harm', async () => {
  let count = 0;
  const { unseen } = await sift(named('a', 'b'), [], { key: () => `key ${(count += 1)}` });
  expect({ unseen, count }).toEqual({ unseen: ['a', 'b'], count: 2 });
});

test('no items give no items', async () => {
  expect(await sift([], ['a'])).toMatchObject({ unseen: [], seen: [] });
});
