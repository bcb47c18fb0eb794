import { expect, test } from 'vitest';

import { whyEmbed, whyReply, type Why } from '../../src/commands/views/why-embed.ts';
import type { LedgerEntry, PostRecord } from '../../src/store/index.ts';
import { schemaProblems } from '../../local/discord/index.ts';
import { hostileText, seededRandom } from '../support/hostile-text.ts';

const now = new Date(Date.UTC(2026, 10, 24, 12));

const entry: LedgerEntry = {
  id: 'a',
  feed: 'filings',
  state: 'failed',
  attempts: 10,
  lastError: 'Missing Access',
  owner: null,
  leaseUntil: null,
  retryAt: now,
  createdAt: now,
  updatedAt: now,
  payload: null,
  posts: [],
};

const post: PostRecord = {
  channelId: '1100000000000000101',
  state: 'posted',
  intentAt: now,
  discordAt: now,
  fingerprint: null,
  mayRepeat: false,
  messageId: '1200000000000000001',
  error: null,
};

function show(changes: Partial<Why> = {}) {
  return whyEmbed({
    id: 'a',
    seen: false,
    entry,
    showErrors: true,
    guildOf: () => '1100000000000000100',
    ...changes,
  }).toJSON();
}

const field = (embed: ReturnType<typeof show>, name: string): string | undefined =>
  embed.fields?.find((one) => one.name === name)?.value;

test.each([
  [true, 'Marked without a post, or posted long ago.', 'yes: it is skipped'],
  [false, 'Nothing is known about it.', 'no: the next cycle that lists it will post it'],
])('an item that the ledger does not know, seen: %s, is described by that alone', (seen, description, said) => {
  const embed = show({ seen, entry: null });
  expect([embed.description, field(embed, 'Seen')]).toEqual([description, said]);
});

test('an item that the ledger knows is not said to be posted by the next cycle', () => {
  expect(field(show({ entry }), 'Seen')).toBe('no');
  expect(field(show({ entry: { ...entry, state: 'claimed' } }), 'Seen')).toBe('no');
});

test('errors are hidden from users who may not see them', () => {
  const posts: PostRecord[] = [{ ...post, state: 'failed', messageId: null, error: 'Missing Access' }];
  const embed = show({ showErrors: false, entry: { ...entry, posts } });
  expect(JSON.stringify(embed)).not.toContain('Missing Access');
  expect(field(embed, 'Channels')).toBe('<#1100000000000000101> failed');
});

test('a channel’s line says what became of the post, and links to it', () => {
  const posts: PostRecord[] = [
    post,
    { ...post, messageId: null },
    { ...post, state: 'open', messageId: null },
    { ...post, state: 'failed', messageId: null, error: 'Missing **Access**' },
  ];
  const channel = '<#1100000000000000101>';
  expect(field(show({ entry: { ...entry, posts } }), 'Channels')?.split('\n')).toEqual([
    `${channel} [message](https://discord.com/channels/1100000000000000100/1100000000000000101/1200000000000000001)`,
    `${channel} posted, and deleted since`,
    `${channel} sent, not yet confirmed`,
    `${channel} failed: Missing \\*\\*Access\\*\\*`,
  ]);
});

test('more channels than a field holds are counted', () => {
  const value = field(show({ entry: { ...entry, posts: Array.from({ length: 50 }, () => post) } }), 'Channels') ?? '';
  expect(value.length).toBeLessThanOrEqual(1024);
  const lines = value.split('\n');
  expect(lines.at(-1)).toBe(`… and ${50 - lines.length + 1} more`);
});

test('the embeds of several feeds keep to the characters that a message may have', () => {
  const full = { ...entry, lastError: 'x'.repeat(2_000), posts: Array.from({ length: 50 }, () => post) };
  const shown = { id: 'x'.repeat(512), seen: false, entry: full, showErrors: true, guildOf: () => undefined };
  const items = ['a', 'b', 'c', 'd', 'e'].map((feed): Why => Object.assign({ feed }, shown));
  const { content, embeds = [] } = whyReply(items);
  const said = embeds.map((embed) => JSON.stringify(embed));
  expect([content, said.length]).toEqual(['… and 2 more feeds have an item with this id.', 3]);
  expect(said.join('').length).toBeLessThan(6_500);
});

test.each([
  ['', '—'],
  [' \n\t\u200b', '—'],
  ['[click](https://evil.example)', '\\[click\\](https\\://evil.example)'],
  ['# big\n**bold**', '\\# big \\*\\*bold\\*\\*'],
])('the error %j is shown as %s', (lastError, shown) => {
  expect(field(show({ entry: { ...entry, lastError } }), 'Last error')).toBe(shown);
});

test('whatever the id and the errors are, Discord takes the embed', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 200; round += 1) {
    const [id, lastError, error] = [hostileText(random), hostileText(random), hostileText(random)];
    const posts: PostRecord[] = [post, { ...post, state: 'failed', messageId: null, error }];
    const embed = show({ id, entry: { ...entry, lastError, posts } });
    expect(embed.title?.length).toBeLessThanOrEqual(256);
    expect(embed.fields).toHaveLength(6);
    for (const { value } of embed.fields ?? []) {
      expect(value.trim()).not.toBe('');
      expect(value.length).toBeLessThanOrEqual(1024);
      expect(value.isWellFormed()).toBe(true);
    }
    expect(schemaProblems('POST', '/channels/1100000000000000101/messages', { embeds: [embed] })).toEqual([]);
  }
});
