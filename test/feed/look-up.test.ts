// Once Discord has forgotten the nonce, only the channel tells what was posted.
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  ComponentType,
  EmbedBuilder,
  MessageFlags,
  type APIEmbed,
  type APIMessage,
} from 'discord.js';
import { describe, expect, test } from 'vitest';

import { fingerprintOf } from '../../src/feed/discord/doubt/fingerprint.ts';
import { likenessToAny } from '../../src/feed/discord/doubt/likeness.ts';
import type { MessageBody } from '../../src/feed/feed.ts';
import { createsMessage, everyRewrite, ids, type Fault, type IncomingRequest } from '../../local/discord/index.ts';
import { DeliveryHarness, type HarnessOptions } from '../support/delivery-harness.ts';
import { NoteFeed, type Note } from '../support/notes.ts';
import { LATER_MS, MINUTE_MS } from '../support/times.ts';

const CHANNEL = ids.announcements;
const isCreation = createsMessage(CHANNEL);

function feedOf(message: (id: string) => MessageBody): NoteFeed {
  const feed = new NoteFeed();
  feed.message = ({ id }) => message(id);
  return feed;
}

/**
 * Puts items in doubt, each in a process of its own, for which no channel is paused: of each, whether Discord has applied
 * the request whose connection broke.
 */
async function leaveInDoubt(harness: DeliveryHarness, applied: Readonly<Record<string, boolean>>): Promise<void> {
  for (const [id, isApplied] of Object.entries(applied)) {
    // Each process dies with its request, and the next one does not wait for the lease of the one before.
    await harness.restart({ orderWaitMs: 0 });
    harness.discord.faults = (request): Fault | undefined => {
      if (!isCreation(request)) return undefined;
      harness.crash();
      return { kind: 'disconnect', applied: isApplied };
    };
    await harness.deliver([{ id }]).catch(() => undefined);
  }
  harness.discord.faults = undefined;
  await harness.restart({ orderWaitMs: 0 });
}

/** A new process takes up what is in doubt, once the nonces are forgotten. */
async function takeUp(harness: DeliveryHarness, items: readonly Note[] = []): Promise<void> {
  await harness.clock.advance(LATER_MS);
  await harness.restart();
  await harness.deliver(items);
}

const ownCount = ({ discord }: DeliveryHarness): number =>
  discord.messages(CHANNEL).filter(({ author }) => author.id === ids.bot).length;

async function inDoubt(
  message: (id: string) => MessageBody,
  applied: Readonly<Record<string, boolean>>,
  options: HarnessOptions = {},
): Promise<DeliveryHarness> {
  const harness = await DeliveryHarness.start({ ...options, feed: feedOf(message) });
  await leaveInDoubt(harness, applied);
  return harness;
}

const buttons = (id: string) =>
  new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setLabel(`Read ${id}`).setStyle(ButtonStyle.Link).setURL(`https://example.com/${id}`),
  );

describe('a message is found although Discord has rewritten it', () => {
  test.each<[string, (id: string) => MessageBody]>([
    ['an animated emoji in a title', (id) => ({ embeds: [{ title: `<a:party:123456789012345678> ${id}` }] })],
    [
      'a mark for the direction of text in a field',
      (id) => ({ embeds: [{ fields: [{ name: `\u200E${id}`, value: '\u2068x' }] }] }),
    ],
    ['half a character at the end of a cut text', (id) => ({ content: `${id} 😀`.slice(0, -1) })],
    [
      'the address of a picture, and a time',
      (id) => ({
        embeds: [{ title: id, image: { url: 'https://example.com/a b.png' }, timestamp: '2026-01-05T14:00:00Z' }],
      }),
    ],
    ['an embed of nothing but a picture', (id) => ({ embeds: [{ image: { url: `https://example.com/${id}.png` } }] })],
    ['white space at its ends', (id) => ({ content: `\n ${id} \n` })],
    ['buttons that a builder made', (id) => ({ content: id, components: [buttons(id)] })],
    [
      'components without content',
      (id) => ({
        flags: MessageFlags.IsComponentsV2,
        components: [{ type: ComponentType.TextDisplay, content: `\u200F<:up:123456789012345678> ${id}` }],
      }),
    ],
  ])('%s', async (_, message) => {
    const harness = await inDoubt(message, { n1: true }, { discord: { rewrites: everyRewrite } });
    harness.discord.denyChannel(CHANNEL, ['useExternalEmojis']);
    await takeUp(harness);
    expect(harness.creations()).toHaveLength(1);
    expect(await harness.store.isSeen('n1')).toBe(true);
  });

  test('a preview of the type rich stands behind the embed that was sent', async () => {
    const harness = await inDoubt((id) => ({ content: `https://example.com/${id}`, embeds: [{ title: id }] }), {
      n1: true,
    });
    const [message] = harness.discord.messages(CHANNEL);
    harness.discord.addLinkPreview(CHANNEL, message?.id ?? '', { type: 'rich' });
    await takeUp(harness);
    expect(ownCount(harness)).toBe(1);
  });

  test('a moderator has hidden the embeds, and the content is left', async () => {
    const harness = await inDoubt((id) => ({ content: id, embeds: [{ title: id }] }), { n1: true });
    harness.discord.hideEmbeds(CHANNEL, harness.discord.messages(CHANNEL)[0]?.id ?? '');
    await takeUp(harness);
    expect(ownCount(harness)).toBe(1);
  });
});

describe('what was sent counts, not what the feed would send now', () => {
  test('a new template finds the message of the old one', async () => {
    const harness = await inDoubt((id) => ({ content: `old ${id}` }), { n1: true });
    harness.feed.message = ({ id }) => ({ content: `new ${id}` });
    await takeUp(harness);
    expect(harness.texts()).toEqual(['old n1']);
  });

  test('a request that was repeated with a new template is found as well', async () => {
    const harness = await inDoubt((id) => ({ content: `old ${id}` }), { n1: false });
    harness.feed.message = ({ id }) => ({ content: `new ${id}` });
    await harness.clock.advance(MINUTE_MS);
    harness.discord.faults = (request) => (isCreation(request) ? { kind: 'disconnect', applied: true } : undefined);
    await harness.deliver([]);
    harness.discord.faults = undefined;
    harness.feed.message = ({ id }) => ({ content: `newest ${id}` });
    await takeUp(harness);
    expect(harness.texts()).toEqual(['new n1']);
  });

  test('a time of day in the message is no obstacle', async () => {
    const harness = await inDoubt((id) => ({ embeds: [{ title: id, timestamp: '2026-01-05T14:00:00Z' }] }), {
      n1: true,
    });
    harness.feed.message = ({ id }) => ({ embeds: [{ title: id, timestamp: '2026-01-06T09:00:00Z' }] });
    await takeUp(harness);
    expect(ownCount(harness)).toBe(1);
  });
});

describe('each message is one item’s', () => {
  const sameWords = (): MessageBody => ({ embeds: [new EmbedBuilder().setTitle('We are live')] });

  test.each([
    [{ n1: true, n2: false, n3: true }, 2],
    [{ n1: false, n2: false, n3: true }, 1],
    [{ n1: true, n2: true, n3: true }, 3],
  ])('of three items with the same words, %o are made up for', async (applied, made) => {
    const harness = await inDoubt(sameWords, applied);
    expect(ownCount(harness)).toBe(made);
    await takeUp(harness);
    expect(ownCount(harness)).toBe(3);
    expect(harness.creations()).toHaveLength(6 - made);
    const entries = await Promise.all(Object.keys(applied).map((id) => harness.store.ledger.find(id)));
    expect(new Set(entries.map((entry) => entry?.posts[0]?.messageId)).size).toBe(3);
  });

  test('a message that another item resembles more is left to it', async () => {
    const picture = (id: string): APIEmbed => ({
      title: 'Picture of the day',
      image: { url: `https://example.com/${id}.png` },
    });
    const harness = await inDoubt((id) => ({ embeds: [picture(id)] }), { n1: false, n2: true });
    await takeUp(harness);
    const shown = harness.discord.messages(CHANNEL).map(({ embeds }) => embeds[0]?.image?.url);
    expect(new Set(shown)).toEqual(new Set(['https://example.com/n1.png', 'https://example.com/n2.png']));
    expect(shown).toHaveLength(2);
  });

  test('a message that may be that of a request under way is left alone until that is settled', async () => {
    const harness = await inDoubt(sameWords, { n1: false });
    await harness.clock.advance(5 * MINUTE_MS);
    await leaveInDoubt(harness, { n2: true });
    const waited = await harness.deliver([]);
    expect(waited).toMatchObject({ posted: 0, failed: 0 });
    await harness.clock.advance(MINUTE_MS);
    await harness.deliver([]);
    await harness.clock.advance(MINUTE_MS);
    await harness.deliver([]);
    expect(ownCount(harness)).toBe(2);
    expect(await harness.store.filterUnseen(['n1', 'n2'])).toEqual([]);
  });

  test('what the bot answers to a command is no post', async () => {
    const harness = await inDoubt(sameWords, { n1: false });
    const said = harness.discord.say(ids.member, CHANNEL, 'x');
    const answer = {
      ...said,
      type: 20,
      content: '',
      author: { id: ids.bot },
      embeds: [{ type: 'rich', title: 'We are live' }],
    };
    harness.discord.faults = ({ method, path }) =>
      method === 'GET' && path.endsWith('/messages') ? { kind: 'status', status: 200, body: [answer] } : undefined;
    await takeUp(harness);
    expect(ownCount(harness)).toBe(1);
  });
});

describe('where nothing is left to compare', () => {
  async function hidden(applied: boolean): Promise<DeliveryHarness> {
    const harness = await inDoubt((id) => ({ embeds: [{ title: id }] }), { n1: applied });
    if (!applied)
      await harness.rest.post(`/channels/${CHANNEL}/messages`, { body: { embeds: [{ title: 'another' }] } });
    harness.discord.hideEmbeds(CHANNEL, harness.discord.messages(CHANNEL)[0]?.id ?? '');
    await takeUp(harness);
    return harness;
  }

  test.each([[true], [false]])('nothing is guessed, and a person is asked (posted: %s)', async (applied) => {
    const harness = await hidden(applied);
    expect(ownCount(harness)).toBe(1);
    const entry = await harness.store.ledger.find('n1');
    expect(entry).toMatchObject({ state: 'failed' });
    expect(entry?.lastError).toContain(CHANNEL);
    expect(entry?.lastError).toContain('/seen retry');
  });

  test('a person who wants it again gets it', async () => {
    const harness = await hidden(false);
    await harness.store.ledger.retry(['n1']);
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(ownCount(harness)).toBe(2);
  });

  test('a person who wants an item again that nobody can look up gets it', async () => {
    const harness = await inDoubt((id) => ({ content: id }), { n1: false }, { delivery: { maxAttempts: 2 } });
    harness.discord.denyChannel(CHANNEL, ['readMessageHistory']);
    await takeUp(harness);
    expect(ownCount(harness)).toBe(0);
    const [claim] = await harness.store.claim(['n1'], { feed: 'notes', longestPauseMs: 0 });
    if (claim !== undefined) await harness.store.fail([claim], 'given up');
    await harness.store.ledger.retry(['n1']);
    await harness.restart();
    await harness.deliver([]);
    expect(ownCount(harness)).toBe(1);
  });

  test('a message of the bot that the ledger knows is no reason to ask', async () => {
    const harness = await DeliveryHarness.start({ feed: feedOf((id) => ({ embeds: [{ title: id }] })) });
    await harness.deliver([{ id: 'known' }]);
    harness.discord.hideEmbeds(CHANNEL, harness.discord.messages(CHANNEL)[0]?.id ?? '');
    await leaveInDoubt(harness, { n1: false });
    await takeUp(harness);
    expect(ownCount(harness)).toBe(2);
    expect(await harness.store.isSeen('n1')).toBe(true);
  });
});

test.each([[true], [false]])('a poll without a text is found, and only where it is (posted: %s)', async (applied) => {
  const question = (id: string): MessageBody => ({
    poll: { question: { text: id }, answers: [{ poll_media: { text: 'Yes' } }], duration: 1 },
  });
  const harness = await inDoubt(question, { n1: applied });
  harness.discord.say(ids.member, CHANNEL, 'chat');
  await takeUp(harness);
  expect(ownCount(harness)).toBe(1);
  expect(harness.creations()).toHaveLength(applied ? 1 : 2);
});

test('a channel of a member who posts the same words is not mistaken for the bot’s', async () => {
  const harness = await inDoubt((id) => ({ content: id }), { n1: false });
  harness.discord.say(ids.member, CHANNEL, 'n1');
  await takeUp(harness);
  expect(ownCount(harness)).toBe(1);
});

test('a message behind hundreds of others is found', async () => {
  const harness = await inDoubt((id) => ({ content: id }), {});
  for (let count = 0; count < 250; count += 1) harness.discord.say(ids.member, CHANNEL, `chat ${count}`);
  await leaveInDoubt(harness, { n1: true });
  await takeUp(harness);
  expect(harness.creations()).toHaveLength(1);
});

describe('the likeness of a message', () => {
  const poll = (question: string) => ({
    poll: { question: { text: question }, answers: [{ poll_media: { text: 'Yes' } }], duration: 1 },
  });

  function likeness(sent: object, shown: object): string {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the fields that count
    const message = {
      content: '',
      embeds: [],
      components: [],
      edited_timestamp: null,
      ...shown,
    } as unknown as APIMessage;
    return likenessToAny([fingerprintOf({ ...sent })], message);
  }

  const shownPoll = { poll: { question: { text: 'Tea?' }, answers: [{ answer_id: 1, poll_media: { text: 'Yes' } }] } };
  const row = (label: string) => ({ components: [{ type: 1, components: [{ type: 2, label, custom_id: 'x' }] }] });

  test.each([
    ['a poll', poll('Tea?'), shownPoll, 'exact'],
    ['another poll', poll('Coffee?'), shownPoll, 'other'],
    ['a poll and a text', poll('Tea?'), { content: 'Tea?' }, 'other'],
    ['a sticker', { sticker_ids: ['1'] }, { sticker_items: [{ id: '1', name: 'a' }] }, 'exact'],
    ['another sticker', { sticker_ids: ['1'] }, { sticker_items: [{ id: '2', name: 'a' }] }, 'other'],
    [
      'a forwarded message',
      { message_reference: { type: 1, message_id: '5' } },
      { message_reference: { type: 1, message_id: '5' } },
      'exact',
    ],
    [
      'the same embed in another colour',
      { embeds: [{ title: 'a', color: 1 }] },
      { embeds: [{ type: 'rich', title: 'a', color: 2 }] },
      'alike',
    ],
    [
      'another order of embeds',
      { embeds: [{ title: 'a' }, { title: 'b' }] },
      { embeds: [{ title: 'b' }, { title: 'a' }] },
      'other',
    ],
    [
      'an embed whose address got a slash',
      { embeds: [{ title: 'a', url: 'https://EXAMPLE.com' }] },
      { embeds: [{ title: 'a', url: 'https://example.com/' }] },
      'exact',
    ],
    ['content that was not sent', { embeds: [{ title: 'a' }] }, { content: 'b', flags: 4 }, 'other'],
    ['hidden embeds', { embeds: [{ title: 'a' }] }, { flags: 4 }, 'unclear'],
    [
      'buttons that were taken away by an edit',
      { content: 'a', ...row('b') },
      { content: 'a', edited_timestamp: '2026-01-05' },
      'alike',
    ],
    ['buttons that were never there', { content: 'a', ...row('b') }, { content: 'a' }, 'other'],
    ['other buttons', { content: 'a', ...row('b') }, { content: 'a', ...row('c') }, 'other'],
    ['a user’s mention in its older form', { content: '<@!1> hi' }, { content: '<@1> hi' }, 'alike'],
  ])('%s', (_, sent, shown, expected) => {
    expect(likeness(sent, shown)).toBe(expected);
  });
});

describe('a permission that changes while the channel is read', () => {
  const isPage = ({ method, path }: IncomingRequest): boolean =>
    method === 'GET' && path === `/channels/${CHANNEL}/messages`;

  test('a history that looked empty a moment ago is read again once it can be', async () => {
    const harness = await inDoubt((id) => ({ content: id }), { n1: true });
    harness.discord.denyChannel(CHANNEL, ['readMessageHistory']);
    let pages = 0;
    harness.discord.faults = (request): undefined => {
      pages += isPage(request) ? 1 : 0;
      if (pages > 0 && !isPage(request)) harness.discord.allowChannel(CHANNEL);
    };
    await takeUp(harness);
    expect(pages).toBe(2);
    expect(ownCount(harness)).toBe(1);
    expect(await harness.store.isSeen('n1')).toBe(true);
  });

  test('a history of which the rest looks empty is no shorter for it', async () => {
    const harness = await DeliveryHarness.start({ feed: feedOf((id) => ({ content: id })) });
    for (let n = 0; n < 150; n += 1) harness.discord.say(ids.owner, CHANNEL, `hello ${n}`);
    await leaveInDoubt(harness, { n1: true });
    let pages = 0;
    harness.discord.faults = (request): undefined => {
      pages += isPage(request) ? 1 : 0;
      if (pages === 2) harness.discord.denyChannel(CHANNEL, ['readMessageHistory']);
    };
    await takeUp(harness);
    expect([pages, ownCount(harness)]).toEqual([2, 1]);
    expect(await harness.store.isSeen('n1')).toBe(false);
    harness.discord.faults = undefined;
    harness.discord.allowChannel(CHANNEL);
    await takeUp(harness);
    expect(ownCount(harness)).toBe(1);
    expect(await harness.store.isSeen('n1')).toBe(true);
  });
});
