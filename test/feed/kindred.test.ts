// What is taken for the message of an item of which the database has lost everything.
import { expect, test } from 'vitest';

import { kindredMessage } from '../../src/feed/discord/doubt/traits.ts';

const titled = (title: string, url: string) => ({ embeds: [{ title, url, description: 'worded by a model' }] });
const shown = (body: object) => [{ id: 'A', ...body }];

test.each([
  ['a dashboard’s link', 'build-124', 'Build 124 failed https://ci.example/x', 'Build 123 passed https://ci.example/x'],
  ['a link with a number', '12', 'No. 12 https://ci.example/x12', 'No. 11 https://ci.example/x12'],
  ['a host’s name', 'ci', 'Build 124 failed https://ci.example/x', 'Build 123 passed https://ci.example/x'],
  ['a link with the feed’s name', 'news:124', '124 https://news.example/', '123 https://news.example/'],
])('an item that was never posted takes no message for its own because of %s', (_what, key, content, other) => {
  expect(kindredMessage([{ content }], shown({ content: other }), key)).toBeUndefined();
});

test.each([
  ['124', 'https://ci.example/builds/124'],
  ['build:124', 'https://ci.example/builds/124'],
  ['https://blog.example/posts/hello-world', 'https://blog.example/posts/hello-world'],
  ['urn:tag:sec.gov,2008:accession-number=0000320193-24-000001', 'https://sec.example/0000320193-24-000001-index.htm'],
])('the item with the key %s is found by its link %s, whatever the text says', (key, link) => {
  expect(kindredMessage([{ content: `now ${link}` }], shown({ content: `before ${link}` }), key)).toBe('A');
});

test('an item whose link does not name it is found by its title and its link', () => {
  const link = 'https://blog.example/';
  expect(kindredMessage([titled('Hello', link)], shown(titled('Hello', link)), 'guid-1')).toBe('A');
  expect(kindredMessage([titled('Hello', link)], shown(titled('World', link)), 'guid-1')).toBeUndefined();
});
