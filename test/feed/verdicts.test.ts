import { DiscordAPIError, HTTPError, RESTJSONErrorCodes as Code } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { classifyPostError, describePostError } from '../../src/feed/discord/refusals/classify-error.ts';
import { createsMessage, ids, type Fault } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { notes } from '../support/notes.ts';
import { HOUR_MS, MINUTE_MS } from '../support/times.ts';

const posts = createsMessage(ids.announcements);
const sent = { files: undefined, body: {} };

/** An error as discord.js makes it of an answer. */
function answered(status: number, body: object): DiscordAPIError {
  const code = 'code' in body ? body.code : 'error' in body ? body.error : undefined;
  return new DiscordAPIError(body as never, code as never, status, 'POST', 'url', sent);
}

const refusal = (code: number, message = 'no', status = 400): Fault => ({
  kind: 'status',
  status,
  body: { code, message },
});

describe('the meaning of a refusal', () => {
  test.each<[string, number, number]>([
    ['AutoMod', Code.MessageWasBlockedByAutomaticModeration, 400],
    ['a blocked title', Code.TitleWasBlockedByAutomaticModeration, 403],
    ['explicit content', Code.ExplicitContentCannotBeSentToTheDesiredRecipient, 403],
    ['a harmful link', Code.MessageBlockedByHarmfulLinksFilter, 400],
    ['an empty message', Code.CannotSendAnEmptyMessage, 400],
    ['too many attachments', Code.MaximumNumberOfAttachmentsInAMessageReached, 400],
    ['a body that is too large', Code.RequestEntityTooLarge, 413],
  ])('%s is the content’s fault', (_what, code, status) => {
    expect(classifyPostError(answered(status, { code, message: 'no' }))).toBe('content');
  });

  test.each<[string, number, number]>([
    ['a channel that is gone', Code.UnknownChannel, 404],
    ['a server that is gone', Code.UnknownGuild, 404],
    ['a channel out of sight', Code.MissingAccess, 403],
    ['a missing permission', Code.MissingPermissions, 403],
    ['a missing permission, told with 400', Code.MissingPermissions, 400],
    ['a category', Code.CannotSendMessagesInNonTextChannel, 400],
    ['an archived thread', Code.InvalidActionOnArchivedThread, 400],
    ['a locked thread', Code.ThreadLocked, 403],
    ['a forum that wants tags', Code.TagRequiredToCreateAForumPostInThisChannel, 400],
    ['a tag that is gone from the forum', Code.UnknownTag, 404],
    ['too many threads', Code.MaximumActiveThreads, 400],
    ['a limit of the server that has no message yet', 30_999, 400],
  ])('%s is the place’s fault', (_what, code, status) => {
    expect(classifyPostError(answered(status, { code, message: 'no' }))).toBe('channel');
  });

  test.each<[string, unknown]>([
    ['a page of a proxy', answered(403, { error_description: 'a page' })],
    ['a body with a code that is not Discord’s', answered(400, { code: 'WAF', message: 'no' })],
    ['a bare 404', answered(404, { code: 0, message: '404: Not Found' })],
    ['Cloudflare', answered(403, { code: Code.CloudflareIsBlockingYourRequest, message: 'no' })],
    ['an overloaded API', answered(429, { code: Code.APIResourceOverloaded, message: 'no' })],
    ['slow mode', answered(400, { code: Code.ActionCannotBePerformedDueToSlowmodeRateLimit, message: 'no' })],
    ['a code that nobody knows', answered(400, { code: 987_654, message: 'no' })],
    ['a server that fails', new HTTPError(520, '', 'POST', 'url', sent)],
    ['a broken connection', new Error('other side closed')],
    ['a body of null, which discord.js cannot read', new TypeError('Cannot use "in" operator')],
  ])('%s is nobody’s fault', (_what, error) => {
    expect(classifyPostError(error)).toBe('later');
  });

  test.each<[string, object, string]>([
    ['a part of the message', { content: { _errors: [] } }, 'content'],
    ['a reference', { message_reference: { _errors: [] } }, 'content'],
    ['a mention', { allowed_mentions: { roles: { 0: { _errors: [] } } } }, 'content'],
    ['the whole form', { _errors: [] }, 'content'],
    ['the channel’s id', { channel_id: { _errors: [] } }, 'channel'],
  ])('an invalid form is judged by the part that is wrong: %s', (_what, errors, kind) => {
    const body = { code: Code.InvalidFormBodyOrContentType, message: 'Invalid Form Body', errors };
    expect(classifyPostError(answered(400, body))).toBe(kind);
  });

  test('a new code that names parts of the message is the content’s fault', () => {
    const body = { code: 987_654, message: 'no', errors: { embeds: { _errors: [] } } };
    expect(classifyPostError(answered(400, body))).toBe('content');
  });

  test('a description names the code, what it means and what to do', () => {
    const { MissingAccess, MessageWasBlockedByAutomaticModeration: autoMod } = Code;
    expect(describePostError(answered(400, { code: autoMod, message: 'Blocked' }))).toMatch(/^AutoMod .*code 200000/);
    expect(describePostError(answered(403, { code: MissingAccess, message: 'no' }))).toContain('View Channel');
    expect(describePostError(answered(502, { error_description: 'x' }))).toContain('502');
    expect(describePostError(new HTTPError(503, '', 'POST', 'url', sent))).toBe('Discord failed with 503 (POST url)');
    expect(describePostError(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  });
});

describe('a message that Discord does not take', () => {
  test('what AutoMod blocks is a dead letter at once, which names AutoMod, and the next item goes on', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = (request) =>
      posts(request) && JSON.stringify(request.body).includes('n1:') ? refusal(200_000, 'Blocked') : undefined;
    expect(await harness.deliver(notes(2))).toMatchObject({ posted: 1, failed: 1 });
    const [letter] = await harness.store.ledger.failed();
    expect(letter).toMatchObject({ id: 'n1', attempts: 1, lastError: expect.stringMatching(/AutoMod.*200000/) });
    expect(harness.logger.of('feed_item_failed')).toMatchObject([{ fields: { error: letter?.lastError } }]);
    await harness.clock.advance(HOUR_MS);
    expect(await harness.deliver(notes(3))).toMatchObject({ posted: 1 });
    expect(harness.creations()).toHaveLength(3);
  });
});

const places: [string, Fault][] = [
  ['a thread that is locked', refusal(160_005, 'The thread is locked', 403)],
  ['a channel that became a category', refusal(50_008, 'Cannot send messages in a non-text channel')],
  ['a forum that wants tags', refusal(40_067, 'A tag is required')],
  ['a server with too many threads', refusal(160_006, 'Maximum number of active threads')],
  ['a proxy with a page for 403', { kind: 'status', status: 403, body: '<html>blocked</html>' }],
  ['a proxy with JSON of its own', { kind: 'status', status: 400, body: { code: 'WAF-17', message: 'no' } }],
  ['a proxy that redirects', { kind: 'status', status: 302, body: '', headers: { location: 'https://example.com' } }],
  ['a bare 404', refusal(0, '404: Not Found', 404)],
];

test.each(places)('%s costs nothing while it lasts, and everything is posted once it is over', async (_what, fault) => {
  const harness = await DeliveryHarness.start({ delivery: { maxAttempts: 2 } });
  harness.discord.faults = (request) => (posts(request) ? fault : undefined);
  for (let minute = 0; minute < 90; minute += 3) {
    await harness.deliver(minute < 60 ? [{ id: `m${minute}` }] : []);
    await harness.clock.advance(3 * MINUTE_MS);
  }
  // The second was let in front of the first, in case the first is to blame.
  expect(harness.feed.enriched).toEqual(['m0', 'm3']);
  expect(harness.creations().length).toBeLessThan(16);
  expect(await harness.store.ledger.counts()).toEqual({ waiting: 20, active: 0, failed: 0 });
  harness.discord.faults = undefined;
  await harness.clock.advance(10 * MINUTE_MS);
  expect(await harness.deliver([])).toMatchObject({ posted: 20, failed: 0 });
  expect(harness.texts()).toHaveLength(20);
});

describe('an item that is refused where others get through', () => {
  /** Answers 500 to every message of the item `bad`. */
  async function startWithBadItem(fault: Fault): Promise<DeliveryHarness> {
    const harness = await DeliveryHarness.start({ delivery: { maxAttempts: 3 } });
    harness.discord.faults = (request) =>
      posts(request) && JSON.stringify(request.body).includes('bad:') ? fault : undefined;
    return harness;
  }

  test.each<[string, Fault]>([
    ['500', { kind: 'status', status: 500, body: '' }],
    ['a page of a firewall', { kind: 'status', status: 403, body: '<html>forbidden words</html>' }],
    ['a permission that only it needs', refusal(50_013, 'Missing Permissions', 403)],
  ])('an item that always gets %s becomes a dead letter, and stops no other', async (_what, fault) => {
    const harness = await startWithBadItem(fault);
    await harness.deliver([{ id: 'bad' }, ...notes(2)]);
    for (let round = 0; round < 20; round += 1) {
      await harness.deliver([{ id: `later${round}` }]);
      await harness.clock.advance(10 * MINUTE_MS);
    }
    await harness.deliver([]);
    expect(harness.texts().filter((text) => text.startsWith('later'))).toHaveLength(20);
    expect(await harness.store.ledger.failed()).toMatchObject([{ id: 'bad', attempts: 3 }]);
  });

  test('where it is alone at first, it lets another item try the channel after a while', async () => {
    const harness = await startWithBadItem({ kind: 'status', status: 500, body: '' });
    await harness.deliver([{ id: 'bad' }]);
    await harness.clock.advance(MINUTE_MS);
    for (let round = 0; round < 10; round += 1) {
      await harness.deliver([{ id: 'good' }]);
      await harness.clock.advance(10 * MINUTE_MS);
    }
    expect(harness.texts()).toEqual(['good: about good']);
  });
});
