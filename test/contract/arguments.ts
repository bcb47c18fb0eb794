import { describe, expect, test } from 'vitest';

import { noCounts, SeenInputError, type Claim, type SeenStore } from '../../src/store/index.ts';
import type { ContractBackend } from './backend.ts';
import { claimOne, openOne } from './stores.ts';

/** An object of a library, which no thread can be sent. */
class Message {
  readonly id = '123';
  readonly client = { fetch: (): void => undefined };
}

const thrower = {
  get id(): string {
    throw new RangeError('no id today');
  },
};

const fieldsThatThrow = new Proxy(
  {},
  {
    get: (): never => {
      throw new RangeError('no field today');
    },
  },
);

/** A list or an object that cannot be looked at any more. */
function revoked<Target extends object>(target: Target): Target {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const question = { channelId: 'c', askedAt: new Date(0), messageId: null };
const cycle = { ...noCounts, feed: 'filings', startedAt: new Date(0), finishedAt: new Date(0) };

function listThatThrows(): string[] {
  return Object.defineProperty(['a'], 0, { get: () => thrower.id, enumerable: true });
}

/** Calls with an argument of a wrong type, and the words that name it. */
const calls: readonly (readonly [string, (store: SeenStore, claim: Claim) => Promise<unknown>, RegExp])[] = (
  [
    ['claim(null)', (store) => store.claim(null as never), /^requests must be an array, but is null/],
    ['claim("a")', (store) => store.claim('a' as never), /^requests must be an array/],
    ['claim([null])', (store) => store.claim([null as never]), /id at index 0 is null/],
    ['claim([7])', (store) => store.claim(['a', 7 as never]), /id at index 1 is of type number/],
    ['claim of a getter that throws', (store) => store.claim([thrower]), /index 0 cannot be read: no id today/],
    [
      'claim with a feed function',
      (store) => store.claim(['b'], { feed: (() => 'x') as never }),
      /^feed must be a str/,
    ],
    ['claim with null options', (store) => store.claim(['b'], null as never), /^options must be an object/],
    ['claim with leaseMs "5"', (store) => store.claim(['b'], { leaseMs: '5' as never }), /^leaseMs must be a number/],
    ['claim with leaseMs 1e300', (store) => store.claim(['b'], { leaseMs: 1e300 }), /^leaseMs .* 100 years/],
    ['claimWaiting of 1n', (store) => store.claimWaiting({ limit: 1n as never }), /^limit must be a whole number/],
    ['claimWaiting of a feed', (store) => store.claimWaiting({ feed: 7 as never }), /^feed must be a string/],
    [
      'isBehindOtherOwner(null)',
      (store) => store.isBehindOtherOwner(null as never),
      /^claim must be an object, but is null/,
    ],
    [
      'isBehindOtherOwner without a place',
      (store, c) => store.isBehindOtherOwner({ ...c, place: undefined as never }),
      /^claim\.place must be an object/,
    ],
    [
      'isBehindOtherOwner at no place',
      (store, c) => store.isBehindOtherOwner({ ...c, place: { token: '1' as never, index: 0 } }),
      /^claim\.place\.token must be a whole number/,
    ],
    ['commit(null)', (store) => store.commit(null as never), /^claims must be an array/],
    ['commit(claim)', (store, claim) => store.commit(claim as never), /^claims must be an array/],
    ['commit([null])', (store) => store.commit([null as never]), /claim at index 0 must be an object, but is null/],
    ['commit(["a"])', (store) => store.commit(['a' as never]), /claim at index 0 must be an object/],
    ['renew without a token', (store) => store.renew([{ id: 'a' } as Claim]), /token of the claim at index 0/],
    ['renew of a Message', (store, c) => store.renew([{ ...c, token: new Message() as never }]), /token of the claim/],
    ['renew of a getter that throws', (store) => store.renew([thrower as never]), /index 0 cannot be read: no id/],
    [
      'release(error)',
      (store, c) => store.release([c], { error: new Error('x') as never }),
      /Error\. Pass error\.message\./,
    ],
    ['release(reason)', (store, c) => store.release([c], { reason: 5 as never }), /^reason must be a string/],
    ['release at a number', (store, c) => store.release([c], { retryAt: 5 as never }), /^retryAt must be a Date/],
    ['fail(error)', (store, c) => store.fail([c], new Error('x') as never), /^error must be .* Pass error\.message\./],
    ['fail()', (store, c) => store.fail([c], undefined as never), /^error must be a string/],
    ['begin(null)', (store) => store.ledger.begin(null as never), /claim at index 0 must be an object/],
    ['saveIntent', (store, c) => store.ledger.saveIntent(c, new Message() as never), /^channelId must be a string/],
    ['dropIntent', (store, c) => store.ledger.dropIntent(c, undefined as never), /^channelId must be a string/],
    ['savePost', (store, c) => store.ledger.savePost(c, 'channel', new Message() as never), /^messageId must be/],
    ['savePostFailure', (store, c) => store.ledger.savePostFailure(c, 'x', new Error('y') as never), /^error must be/],
    [
      'saveIntent at a number',
      (store, c) => store.ledger.saveIntent(c, 'x', { discordAt: 5 as never }),
      /^discordAt must/,
    ],
    ['saveFoundPost', (store, c) => store.ledger.saveFoundPost(c, 'channel', null as never), /^messageId must be/],
    ['channelPosts', (store, c) => store.ledger.channelPosts(c, 'x', ['a', 1 as never]), /^messageIds\[1\] must be/],
    ['channelPosts of null', (store) => store.ledger.channelPosts(null as never, 'x', []), /^claim cannot be read/],
    ['claim with a pause', (store) => store.claim(['z'], { longestPauseMs: -1 }), /^longestPauseMs must be a whole/],
    ['find(7)', (store) => store.ledger.find(7 as never), /^id must be a string/],
    ['filterUnknown', (store) => store.ledger.filterUnknown(['a', {} as never]), /^ids\[1\] must be a string/],
    ['failed with a limit', (store) => store.ledger.failed({ limit: -1 }), /^limit must be a whole number/],
    ['failed of a feed', (store) => store.ledger.failed({ feed: Symbol('f') as never }), /^feed must be a string/],
    ['backlog', (store) => store.ledger.backlog(undefined as never), /^feed must be a string/],
    ['retry("a")', (store) => store.ledger.retry('a' as never), /^ids must be an array/],
    ['holds.open', (store) => store.holds.open('filings', new Set(['a']) as never), /^ids must be an array/],
    ['holds.current', (store) => store.holds.current(null as never), /^feed must be a string/],
    ['holds.extend', (store) => store.holds.extend('1' as never, []), /^id must be a whole number/],
    ['holds.startQuestion', (store) => store.holds.startQuestion(Number.NaN, 'c', null), /^id must be a whole number/],
    ['holds.startQuestion in 5', (store) => store.holds.startQuestion(1, 5 as never, null), /^channelId must be a str/],
    [
      'holds.startQuestion for undefined',
      (store) => store.holds.startQuestion(1, 'c', undefined as never),
      /^known must/,
    ],
    ['holds.saveQuestion', (store) => store.holds.saveQuestion(1, question, null as never), /^messageId must be a str/],
    ['holds.saveQuestion of a number', (store) => store.holds.saveQuestion(1, 5 as never, 'm'), /^question must be an/],
    [
      'holds.dropQuestion',
      (store) => store.holds.dropQuestion(1, { ...question, askedAt: 5 as never }),
      /^question.askedAt must be a Date/,
    ],
    [
      'holds.decide by a flag',
      (store) => store.holds.decide(true as never, 'post', 'u'),
      /^hold must be a whole number/,
    ],
    ['holds.decide', (store) => store.holds.decide(1, 'drop' as never, 'u'), /^decision must be one of post, mark/],
    ['holds.decide by a user', (store) => store.holds.decide(1, 'post', new Message() as never), /^userId must be a/],
    ['holds.finish', (store) => store.holds.finish(1.5), /^id must be a whole number/],
    ['incidents.open', (store) => store.incidents.open(7 as never, 'x'), /^subject must be a string/],
    ['incidents.open of ""', (store) => store.incidents.open('', 'x'), /^subject is empty/],
    ['incidents.open by', (store) => store.incidents.open('x', new Error('y') as never), /Pass reason\.message\./],
    ['incidents.close', (store) => store.incidents.close(null as never), /^subject must be a string/],
    ['incidents.saveIntent', (store) => store.incidents.saveIntent(null as never), /^incident must be an object/],
    ['incidents.dropIntent', (store) => store.incidents.dropIntent({ overAt: null } as never), /^id must be a string/],
    ['incidents.markTold', (store) => store.incidents.markTold({ id: 'x' } as never), /^overAt must be a Date/],
    ['cycles.record', (store) => store.cycles.record({ ...cycle, posted: '1' as never }), /^posted must be a whole/],
    [
      'cycles.record of no date',
      (store) => store.cycles.record({ ...cycle, startedAt: 0 as never }),
      /^startedAt must/,
    ],
    ['cycles.isFirst', (store) => store.cycles.isFirst(undefined as never), /^feed must be a string/],
    ['cycles.seenShare', (store) => store.cycles.seenShare({} as never), /^feed must be a string/],
    ['cycles.seenShare of "5"', (store) => store.cycles.seenShare('f', '5' as never), /^least must be a whole number/],
    ['coverage.of', (store) => store.coverage.of(7 as never), /^feed must be a string/],
    ['coverage.save for null', (store) => store.coverage.save(null as never, []), /^feed must be a string/],
    ['coverage.save(null)', (store) => store.coverage.save('f', null as never), /^coverage must be an array/],
    ['coverage.save of words', (store) => store.coverage.save('f', ['8-K' as never]), /^coverage\[0\] must be an obj/],
    [
      'coverage.save of a number',
      (store) => store.coverage.save('f', [{ category: 8 as never, oldBefore: null }]),
      /^coverage\[0\]\.category must be a string/,
    ],
    [
      'coverage.save of no date',
      (store) => store.coverage.save('f', [{ category: '8-K', oldBefore: new Date(Number.NaN) }]),
      /^coverage\[0\]\.oldBefore is not a valid date/,
    ],
    [
      'coverage.save of a getter that throws',
      (store) => store.coverage.save('f', [fieldsThatThrow as never]),
      /^coverage\[0\] cannot be read: no field/,
    ],
    ['filterUnseen', (store) => store.filterUnseen('a' as never), /^ids must be an array of strings/],
    ['filterUnseen of a hole', (store) => store.filterUnseen(Array<string>(1)), /id at index 0 is of type undefined/],
    ['markSeen(null)', (store) => store.markSeen(null as never), /^ids must be an array of strings, but is null/],
    ['markSeen at a date', (store) => store.markSeen('a', new Date() as never), /^ts must be a Unix time/],
    ['touch(7)', (store) => store.touch(7 as never), /^ids must be an array of strings/],
    ['purge', (store) => store.purge({ olderThan: 5 as never }), /^olderThan must be a Date/],
    ['purge(null)', (store) => store.purge(null as never), /^options must be an object, but is null/],
    ['purge of no signal', (store) => store.purge({ signal: {} as never }), /^signal must be an AbortSignal/],
    ['purge of a null signal', (store) => store.purge({ signal: null as never }), /^signal must be .* but is null/],
    ['purge of no callback', (store) => store.purge({ onProgress: 5 as never }), /^onProgress must be a function/],
    ['purge of a getter that throws', (store) => store.purge(fieldsThatThrow), /^options cannot be read: no field/],
    ['purgeExpired(null)', (store) => store.purgeExpired(null as never), /^options must be an object, but is null/],
    ['purgeExpired of a signal', (store) => store.purgeExpired({ signal: 'x' as never }), /^signal must be an Abort/],
    ['purgeExpired of no callback', (store) => store.purgeExpired({ onProgress: {} as never }), /^onProgress must be/],
    ['backup to null options', (store) => store.backup('b.sqlite', null as never), /^options must be an object/],
    ['backup of no signal', (store) => store.backup('b.sqlite', { signal: {} as never }), /^signal must be an Abort/],
    ['backup of no callback', (store) => store.backup('b.sqlite', { onProgress: 5 as never }), /^onProgress must be/],
    [
      'backup of overwrite',
      (store) => store.backup('b.sqlite', { overwrite: 'no' as never }),
      /^overwrite must be true/,
    ],
    ['backup of a getter that throws', (store) => store.backup('b.sqlite', fieldsThatThrow), /^options cannot be read/],
    ['claim of a revoked Proxy', (store) => store.claim(revoked(['b'])), /^requests cannot be read: /],
    ['claim of revoked options', (store) => store.claim(['b'], revoked({})), /^options cannot be read: /],
    [
      'claim of options that throw',
      (store) => store.claim(['b'], fieldsThatThrow),
      /^options cannot be read: no field/,
    ],
    ['claimWaiting of options', (store) => store.claimWaiting(fieldsThatThrow), /^options cannot be read: no field/],
    ['renew of options', (store, c) => store.renew([c], fieldsThatThrow), /^options cannot be read: no field/],
    ['release of options', (store, c) => store.release([c], fieldsThatThrow), /^options cannot be read: no field/],
    ['commit of a revoked Proxy', (store, c) => store.commit(revoked([c])), /^claims cannot be read: /],
    [
      'failed of a getter that throws',
      (store) => store.ledger.failed(fieldsThatThrow),
      /^query cannot be read: no field/,
    ],
    ['retry of a revoked Proxy', (store) => store.ledger.retry(revoked(['a'])), /^ids cannot be read: /],
    [
      'find of a revoked Proxy',
      (store) => store.ledger.find(revoked([]) as never),
      /^id must be a string, but is a Pr/,
    ],
    ['holds.open of a Proxy', (store) => store.holds.open('filings', revoked(['a'])), /^ids cannot be read: /],
    ['cycles.record(null)', (store) => store.cycles.record(null as never), /^cycle must be an object, but is null/],
    [
      'cycles.record of "no"',
      (store) => store.cycles.record({ ...cycle, complete: 'no' as never }),
      /^complete must be/,
    ],
    [
      'cycles.record of null',
      (store) => store.cycles.record({ ...cycle, complete: null as never }),
      /^complete must be/,
    ],
    [
      'cycles.record of a getter',
      (store) => store.cycles.record(fieldsThatThrow as never),
      /^cycle cannot be read: no/,
    ],
    ['filterUnseen of a Proxy', (store) => store.filterUnseen(revoked(['a'])), /^ids cannot be read: /],
    ['filterUnseen of a trap', (store) => store.filterUnseen(new Proxy([], fieldsThatThrow)), /^ids cannot be read: /],
    ['markSeen of a revoked Proxy', (store) => store.markSeen(revoked(['a'])), /^ids cannot be read: /],
    ['markSeen of an element that throws', (store) => store.markSeen(listThatThrows()), /^ids cannot be read: no id/],
    ['touch of an element that throws', (store) => store.touch(listThatThrows()), /^ids cannot be read: no id/],
    ['countOlderThan', (store) => store.countOlderThan('now' as never), /^olderThan must be a Date/],
  ] satisfies [string, (store: SeenStore, claim: Claim) => Promise<unknown>, RegExp][]
).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Arguments of a wrong type, for every backend to refuse. */
export function describeArguments(backend: ContractBackend): void {
  describe(`arguments of a wrong type, on ${backend.name}`, () => {
    test('each is refused by name, and changes nothing', async () => {
      const { one } = await openOne(backend);
      const claim = await claimOne(one, 'claimed');
      const before = await one.ledger.find('claimed');
      for (const [name, call, words] of calls) {
        const turn = `of the turn of ${name}`;
        const neighbour = one.markSeen(turn);
        const error = await call(one, claim).catch((reason: unknown) => reason);
        expect.soft(error, name).toBeInstanceOf(SeenInputError);
        expect.soft((error as Error).message, name).toMatch(words);
        await neighbour;
        expect.soft(await one.filterUnseen([turn, 'claimed']), name).toEqual(['claimed']);
        expect.soft(await one.ledger.find('claimed'), name).toEqual(before);
      }
      await one.commit([claim]);
    });

    test('a payload whose toJSON throws is refused with the name of its item', async () => {
      const { one } = await openOne(backend);
      const payload = {
        toJSON: (): never => {
          throw new Error('not today');
        },
      };
      await expect(one.claim(['good', { id: 'filing-7', payload }])).rejects.toThrow(
        'JSON cannot hold the payload of filing-7: not today.',
      );
      expect(await one.ledger.find('good')).toBeNull();
    });

    test('a lease of a hundred years is a lease', async () => {
      const { one } = await openOne(backend);
      const [claim] = await one.claim(['a'], { leaseMs: 36_500 * 86_400_000 });
      expect((await one.ledger.find('a'))?.leaseUntil?.getUTCFullYear()).toBe(2126);
      expect(await one.ledger.counts()).toMatchObject({ active: 1 });
      await one.commit(claim === undefined ? [] : [claim]);
    });
  });
}
