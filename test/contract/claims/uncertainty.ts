import { describe, expect, test } from 'vitest';

import { noCounts, type Claim, type SeenStore } from '../../../src/store/index.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { settableClock, type SettableClock } from '../../support/settable-clock.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOON } from '../../support/times.ts';
import type { ContractBackend } from '../backend.ts';
import { openUntilFinished } from '../stores.ts';

const feed = 'news';

interface Loss {
  readonly one: SeenStore;
  readonly other: SeenStore;
  readonly logger: RecordingLogger;
  readonly clock: SettableClock;
  /** Opens a further store on the same database. */
  reopen(): Promise<SeenStore>;
  /** The stretch of which writes are lost. */
  readonly stretch: { readonly since: Date; readonly until: Date };
}

const gapsOf = (claims: readonly Claim[]) => claims.map(({ id, uncertainty }) => [id, uncertainty]);

/** Takes an item up, so that the store is not asked about it again. */
async function claimAndFail(store: SeenStore, ...ids: string[]): Promise<Claim[]> {
  const claims = await store.claim(ids, { feed });
  await store.fail(claims, 'claimed once');
  return claims;
}

async function recordCycle(store: SeenStore, at: number): Promise<void> {
  const [startedAt, finishedAt] = [new Date(at), new Date(at)];
  await store.cycles.record({ ...noCounts, feed, startedAt, finishedAt, total: 1, complete: true });
}

/** Claims of a database that has lost commits, for every backend to keep. */
export function describeUncertainty(backend: ContractBackend): void {
  /** Two stores on a database that knows the item "kept", was set back by two minutes, and has not been asked since. */
  async function loseTwoMinutes(): Promise<Loss> {
    const clock = settableClock();
    const logger = new RecordingLogger();
    const options = { ...(await backend.newDatabase()), clock, logger };
    const reopen = (): Promise<SeenStore> => openUntilFinished(backend, options);
    const [one, other] = [await reopen(), await reopen()];
    await one.release(await one.claim(['kept'], { feed }));
    const putBack = await backend.keepCopy(options);
    clock.advance(MINUTE_MS);
    await one.commit(await one.claim(['lost'], { feed }));
    clock.advance(MINUTE_MS);
    await putBack();
    const stretch = { since: new Date(NOON), until: new Date(NOON + 2 * MINUTE_MS) };
    return { one, other, logger, clock, reopen, stretch };
  }

  describe(`a database that has lost commits, on ${backend.name}`, () => {
    test('as long as nothing is lost, no claim is uncertain', async () => {
      const store = await openUntilFinished(backend);
      await store.release(await store.claim(['a']));
      expect(gapsOf(await store.claim(['a', 'b']))).toEqual([
        ['a', null],
        ['b', null],
      ]);
    });

    test('every claim says since when and until when its history has a gap, to each store, and one line says so', async () => {
      const { one, other, logger, stretch } = await loseTwoMinutes();
      expect(gapsOf(await one.claim(['kept', 'lost', 'new'], { feed }))).toEqual([
        ['kept', stretch],
        ['lost', stretch],
        ['new', stretch],
      ]);
      expect(gapsOf(await other.claim(['another'], { feed: 'another' }))).toEqual([['another', stretch]]);
      expect(logger.of('seen_store_commits_uncertain')).toMatchObject([{ level: 'warn' }]);
    });

    test('a claim that grants nothing notices as well', async () => {
      const { one, other, clock, stretch } = await loseTwoMinutes();
      await one.markSeen('seen');
      expect(await one.claim(['seen'], { feed })).toEqual([]);
      clock.advance(MINUTE_MS);
      expect(gapsOf(await other.claimWaiting({ feed }))).toEqual([['kept', stretch]]);
    });

    test('what a feed first lists an hour later, and has been read before, is certain; what was there before never is', async () => {
      const { one, clock, stretch } = await loseTwoMinutes();
      await claimAndFail(one, 'at once');
      clock.advance(1);
      await recordCycle(one, clock.now());
      clock.advance(HOUR_MS - 1);
      expect(gapsOf(await claimAndFail(one, 'within the hour'))).toEqual([['within the hour', stretch]]);
      clock.advance(1);
      expect(gapsOf(await one.claim(['later'], { feed }))).toEqual([['later', null]]);
      clock.advance(10 * DAY_MS);
      await one.ledger.retry();
      expect(gapsOf(await one.claimWaiting({ feed }))).toEqual(
        ['kept', 'later', 'at once', 'within the hour'].map((id) => [id, id === 'later' ? null : stretch]),
      );
    });

    test('what a feed lists when it is read for the first time is uncertain for a week', async () => {
      const { one, clock, stretch } = await loseTwoMinutes();
      await one.claim(['at once'], { feed });
      clock.advance(7 * DAY_MS);
      expect(gapsOf(await one.claim(['a week later'], { feed }))).toEqual([['a week later', stretch]]);
      clock.advance(1);
      expect(gapsOf(await one.claim(['still later'], { feed }))).toEqual([['still later', null]]);
    });

    test('a loss is remembered for thirty days', async () => {
      const { one, clock, stretch } = await loseTwoMinutes();
      await one.release(await one.claim(['kept'], { feed }));
      clock.advance(30 * DAY_MS - 1);
      const claims = await one.claim(['kept'], { feed });
      expect(gapsOf(claims)).toEqual([['kept', stretch]]);
      await one.release(claims);
      clock.advance(1);
      expect(gapsOf(await one.claim(['kept'], { feed }))).toEqual([['kept', null]]);
    });

    test('then it is dropped, and does not come back with a clock that is set back', async () => {
      const { one, clock, reopen, stretch } = await loseTwoMinutes();
      await one.commit(await one.claim(['kept'], { feed }));
      await one.release(await one.claim(['waits'], { feed }));
      for (let day = 0; day < 30; day += 1) {
        await recordCycle(one, clock.now());
        clock.advance(DAY_MS);
      }
      await recordCycle(one, clock.now() - 1);
      const gapsAWhileBefore = async (store: SeenStore): Promise<unknown> => {
        const now = clock.now();
        clock.set(now - 10);
        const claims = await store.claim(['waits'], { feed });
        await store.release(claims);
        clock.set(now);
        return gapsOf(claims);
      };
      expect(await gapsAWhileBefore(await reopen())).toEqual([['waits', stretch]]);
      clock.advance(1);
      await recordCycle(one, clock.now());
      const later = await reopen();
      await expect.poll(() => later.ledger.filterUnknown(['kept']), { timeout: 10_000 }).toEqual(['kept']);
      await expect.poll(() => gapsAWhileBefore(later), { timeout: 10_000 }).toEqual([['waits', null]]);
    });
  });
}
