import { expect, test } from 'vitest';

import { keyOf, scopedId } from '../../src/store/scoped-id.ts';
import { idProblem } from '../../src/store/ids.ts';

test('the id of a scoped feed’s item tells the feed and the key', () => {
  expect(scopedId('blog', '7')).toBe('blog\u001F7');
  expect(keyOf('blog', scopedId('blog', '7'))).toBe('7');
  expect(keyOf('blog', scopedId('blog', 'a\u001Fb'))).toBe('a\u001Fb');
});

test('the key of an id that is stored as it is, is the id', () => {
  expect(keyOf('blog', '7')).toBe('7');
  expect(keyOf('blog', scopedId('blogs', '7'))).toBe(scopedId('blogs', '7'));
});

const long = 'x'.repeat(512);

test.each([
  ['a key as long as an id', 'blog', long],
  ['a name longer than an id', 'n'.repeat(2_000), '7'],
  ['a name that is cut within a character', `${'n'.repeat(399)}😀`.repeat(2), long],
  ['a name with the separator', 'a\u001Fb', '7'],
  ['a name with U+0000', 'a\0b', '7'],
  ['a name with a lone surrogate', 'a\uD800', '7'],
])('%s makes an id that can be one, another for each key, and shows the feed', (_, feed, key) => {
  const ids = [scopedId(feed, key), scopedId(feed, `${key.slice(1)}!`), scopedId(`${feed}!`, key)];
  expect(ids.map((id) => idProblem(id))).toEqual([undefined, undefined, undefined]);
  expect(new Set(ids).size).toBe(3);
  expect(ids[0]).toBe(scopedId(feed, key));
  expect(ids[0]?.startsWith(feed.slice(0, 1))).toBe(true);
  expect(keyOf(feed, ids[0] ?? '')).toMatch(/^#[\w-]{43}$/);
});

test('no two pairs of a feed and a key make the same id', () => {
  const parts = ['a', 'a\u001Fb', 'b', 'b\u001Fc', 'c', '#', 'a#'];
  const ids = parts.flatMap((feed) => parts.map((key) => scopedId(feed, key)));
  expect(new Set(ids).size).toBe(parts.length ** 2);
});
