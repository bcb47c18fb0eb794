import { describe, expect, test } from 'vitest';

import { lead, type LeadOptions } from '../../src/feed/lead/lead.ts';
import { SeenTermLostError } from '../../src/store/index.ts';
import { Elections, type ElectedStore } from '../support/elections.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const NOON = Date.UTC(2026, 0, 5, 12);

/** Processes that share a database, each with a clock of its own. */
class World {
  readonly clock = new ManualClock(NOON);
  readonly elections = new Elections(this.clock);
  readonly #processes: Process[] = [];

  start(name: string, options: Partial<LeadOptions> = {}, store = this.elections.store(name)): Process {
    const process = new Process(store, options);
    this.#processes.push(process);
    return process;
  }

  /** Time passes for the database and for every process that is not suspended. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      await this.clock.advance(Math.min(left, 100));
      for (const { clock, isSuspended } of this.#processes) if (!isSuspended) await clock.advance(Math.min(left, 100));
    }
  }

  /** The processes whose work goes on. */
  get working(): number {
    return this.#processes.filter(({ isWorking, isSuspended }) => isWorking && !isSuspended).length;
  }
}

class Process {
  readonly store: ElectedStore;
  readonly clock = new ManualClock(NOON);
  readonly logger = new RecordingLogger();
  readonly stopping = new AbortController();
  readonly ended: Promise<void>;
  readonly signals: AbortSignal[] = [];
  isSuspended = false;

  constructor(store: ElectedStore, options: Partial<LeadOptions>) {
    const { clock, logger } = this;
    this.store = store;
    const work = (signal: AbortSignal): Promise<void> => {
      this.signals.push(signal);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    };
    const given = { feed: 'news', store: store.asStore, clock, logger, signal: this.stopping.signal, ...options };
    this.ended = lead(work, given);
  }

  get isWorking(): boolean {
    return this.signals.at(-1)?.aborted === false;
  }

  /** Sleeps while others go on, and wakes up late. */
  async resume(ms: number): Promise<void> {
    this.isSuspended = false;
    await this.clock.suspend(ms);
  }
}

describe('of several processes', () => {
  test('one works, the others stand by, and each says so once', async () => {
    const world = new World();
    const [one, two] = [world.start('one'), world.start('two')];
    await world.pass(60_000);
    expect([one.isWorking, two.isWorking]).toEqual([true, false]);
    expect(one.signals).toHaveLength(1);
    expect(one.logger.lines).toMatchObject([
      { level: 'info', event: 'feed_lead_gained', fields: { feed: 'news', election: 'news', term: 1 } },
    ]);
    expect(two.logger.lines).toMatchObject([
      { level: 'info', event: 'feed_lead_elsewhere', fields: { feed: 'news', election: 'news', leader: 'one' } },
    ]);
  });

  test('the next one takes over within a second of a stop, which resigns', async () => {
    const world = new World();
    const [one, two] = [world.start('one'), world.start('two')];
    await world.pass(1_500);
    one.stopping.abort();
    await one.ended;
    expect(one.logger.of('feed_lead_resigned')).toMatchObject([{ level: 'info', fields: { term: 1 } }]);
    await world.pass(1_000);
    expect(two.isWorking).toBe(true);
    expect(two.logger.of('feed_lead_gained')).toMatchObject([{ fields: { term: 2 } }]);
  });

  test('the next one takes over within a lease of the death of the leader, and never before its trust has ended', async () => {
    const world = new World();
    const [one, two] = [world.start('one'), world.start('two')];
    await world.pass(7_000);
    one.isSuspended = true;
    await world.pass(12_000);
    expect(two.isWorking).toBe(false);
    await world.pass(2_500);
    expect(two.isWorking).toBe(true);
  });

  test.each(['deliver', 'hold'] as const)(
    'a leader that was suspended, with %s, ends before it does anything else, and stands by',
    async (onStoreError) => {
      const world = new World();
      const one = world.start('one', { onStoreError });
      const two = world.start('two', { onStoreError });
      await world.pass(2_000);
      one.isSuspended = true;
      await world.pass(20_000);
      await one.resume(20_000);
      expect([one.isWorking, two.isWorking]).toEqual([false, true]);
      await world.pass(60_000);
      expect([one.isWorking, two.isWorking]).toEqual([false, true]);
      expect(one.logger.of('feed_lead_lost')).toHaveLength(1);
      expect(one.signals).toHaveLength(1);
    },
  );

  test('a leader that was suspended for less than its trust goes on', async () => {
    const world = new World();
    const one = world.start('one');
    await world.pass(2_000);
    one.isSuspended = true;
    await world.pass(10_000);
    await one.resume(10_000);
    await world.pass(30_000);
    expect(one.signals).toHaveLength(1);
    expect(one.isWorking).toBe(true);
  });

  test('each works that has an election of its own', async () => {
    const world = new World();
    world.start('one', { election: 'news of shard 0' });
    world.start('two', { election: 'news of shard 1' });
    await world.pass(2_000);
    expect(world.working).toBe(2);
  });

  test('a leader that learns that somebody else leads ends at once, with the evidence', async () => {
    const world = new World();
    const one = world.start('one');
    await world.pass(1_000);
    const { leadership } = world.elections.store('one');
    const term = await leadership.campaign('news');
    if (term !== null) await leadership.resign(term);
    const two = world.start('two');
    await world.pass(5_000);
    expect([one.isWorking, two.isWorking]).toEqual([false, true]);
    expect(one.signals[0]?.reason).toBeInstanceOf(SeenTermLostError);
    expect(one.logger.of('feed_lead_lost')).toMatchObject([{ level: 'info', fields: { feed: 'news', term: 1 } }]);
  });
});

describe('trust', () => {
  test('counts from the start of the call, so that a slow answer does not lengthen it', async () => {
    const world = new World();
    const store = world.elections.store('one');
    const one = world.start('one', { onStoreError: 'hold' }, store);
    await world.pass(1_000);
    // The renewal of second 5 answers in second 9, and no later one does.
    store.delay(() => one.clock.sleep(4_000));
    await world.pass(6_000);
    store.hang();
    await world.pass(11_000);
    expect(one.isWorking).toBe(true);
    await world.pass(1_000);
    expect(one.isWorking).toBe(false);
    expect(one.signals[0]?.reason).toMatchObject({ code: 'SEEN_TRUST_ENDED' });
  });

  test('ends with the time in which the machine was suspended, which only the clock on the wall shows', async () => {
    const world = new World();
    const one = world.start('one');
    await world.pass(1_000);
    one.clock.step(14_000);
    await world.pass(1_000);
    expect(one.signals[0]?.reason).toMatchObject({ code: 'SEEN_TRUST_ENDED' });
  });

  test('does not care for a clock that is set back', async () => {
    const world = new World();
    const one = world.start('one', { onStoreError: 'hold' });
    await world.pass(1_000);
    one.clock.step(-3_600_000);
    await world.pass(30_000);
    expect(one.signals).toHaveLength(1);
    one.store.hang();
    await world.pass(14_000);
    expect(one.isWorking).toBe(false);
  });

  test('in an answer that came too late for it is none', async () => {
    const world = new World();
    const store = world.elections.store('one');
    const release = Promise.withResolvers<void>();
    store.delay(() => release.promise);
    const one = world.start('one', {}, store);
    one.isSuspended = true;
    await world.pass(14_000);
    store.work();
    release.resolve();
    await one.resume(14_000);
    expect(one.signals).toHaveLength(0);
    await world.pass(6_000);
    expect(one.isWorking).toBe(true);
  });
});

describe('while the store fails', () => {
  test('a leader goes on with deliver, and is confirmed afterwards', async () => {
    const world = new World();
    const one = world.start('one', { onStoreError: 'deliver' });
    await world.pass(1_000);
    one.store.fail();
    await world.pass(120_000);
    expect(one.isWorking).toBe(true);
    one.store.work();
    await world.pass(30_000);
    expect(one.signals).toHaveLength(1);
    expect(one.logger.lines.map(({ event }) => event)).toEqual(['feed_lead_gained', 'feed_lead_unconfirmed']);
  });

  test('a leader with deliver ends as soon as the store says that somebody else leads', async () => {
    const world = new World();
    const one = world.start('one', { onStoreError: 'deliver' });
    await world.pass(1_000);
    one.store.fail();
    await world.pass(30_000);
    const two = world.start('two');
    await world.pass(1_000);
    expect(two.isWorking).toBe(true);
    one.store.work();
    await world.pass(1_000);
    expect(one.isWorking).toBe(false);
  });

  test('a leader ends with its trust with hold, and leads again once the store is back', async () => {
    const world = new World();
    const one = world.start('one', { onStoreError: 'hold' });
    await world.pass(1_000);
    one.store.fail();
    await world.pass(12_000);
    expect(one.isWorking).toBe(true);
    await world.pass(1_000);
    expect(one.isWorking).toBe(false);
    await world.pass(60_000);
    expect(one.signals).toHaveLength(1);
    one.store.work();
    await world.pass(2_000);
    expect(one.isWorking).toBe(true);
  });

  test.each([
    ['deliver', true],
    ['hold', false],
  ] as const)('a store that hangs is one that fails: with %s, the leader goes on: %s', async (onStoreError, goesOn) => {
    const world = new World();
    const one = world.start('one', { onStoreError });
    await world.pass(1_000);
    one.store.hang();
    await world.pass(12_000);
    expect(one.isWorking).toBe(true);
    await world.pass(20_000);
    expect(one.isWorking).toBe(goesOn);
    expect(one.signals).toHaveLength(1);
  });

  test('a leader that was suspended with a renewal under way does not take that for a failure of the store', async () => {
    const world = new World();
    const one = world.start('one', { onStoreError: 'deliver' });
    await world.pass(4_900);
    one.store.hang();
    await world.pass(1_000);
    one.isSuspended = true;
    await world.pass(20_000);
    await one.resume(20_000);
    expect(one.isWorking).toBe(false);
  });

  test('who starts works with deliver after some seconds, and never with hold', async () => {
    const world = new World();
    const [broken, alsoBroken] = [world.elections.store('one'), world.elections.store('two')];
    broken.fail();
    alsoBroken.fail();
    const one = world.start('one', { onStoreError: 'deliver' }, broken);
    const two = world.start('two', { onStoreError: 'hold' }, alsoBroken);
    await world.pass(4_000);
    expect(world.working).toBe(0);
    await world.pass(3_000);
    expect([one.isWorking, two.isWorking]).toEqual([true, false]);
    expect(one.logger.of('feed_lead_unconfirmed')).toMatchObject([{ level: 'warn', fields: { feed: 'news' } }]);
    broken.work();
    await world.pass(60_000);
    expect(one.signals).toHaveLength(1);
    expect(world.elections.leaderOf('news')).toBe('one');
  });

  test('who began to work while the store failed ends once it says that another one leads', async () => {
    const world = new World();
    world.start('leader');
    await world.pass(1_000);
    const broken = world.elections.store('late');
    broken.fail();
    const late = world.start('late', { onStoreError: 'deliver' }, broken);
    await world.pass(8_000);
    expect(late.isWorking).toBe(true);
    broken.work();
    await world.pass(2_000);
    expect(late.isWorking).toBe(false);
    expect(late.logger.of('feed_lead_lost')).toHaveLength(1);
  });

  test('who stands by goes on standing by, whatever the policy is', async () => {
    const world = new World();
    world.start('one');
    const two = world.start('two', { onStoreError: 'deliver' });
    await world.pass(2_000);
    two.store.fail();
    await world.pass(120_000);
    expect(two.signals).toHaveLength(0);
    expect(two.logger.of('feed_lead_unconfirmed')).toHaveLength(1);
  });
});

describe('after an outage that was longer than the lease', () => {
  /** A leader that went on, and one who stands by, while neither reached the store for a minute. */
  async function outage(): Promise<{ readonly world: World; readonly leader: Process; readonly standby: Process }> {
    const world = new World();
    const [leader, standby] = [world.start('leader'), world.start('standby')];
    await world.pass(2_000);
    leader.store.fail();
    standby.store.fail();
    await world.pass(60_000);
    expect([leader.isWorking, standby.isWorking]).toEqual([true, false]);
    return { world, leader, standby };
  }

  test('the leader that went on leads on, although the one who stands by reaches the store before', async () => {
    const { world, leader, standby } = await outage();
    standby.store.work();
    await world.pass(10_000);
    leader.store.work();
    await world.pass(30_000);
    expect([leader.signals, standby.signals].map(({ length }) => length)).toEqual([1, 0]);
    expect(world.elections.leaderOf('news')).toBe('leader');
  });

  test('the one who stands by takes over within seconds of a leader that died meanwhile', async () => {
    const { world, leader, standby } = await outage();
    leader.isSuspended = true;
    standby.store.work();
    await world.pass(10_000);
    expect(standby.isWorking).toBe(false);
    await world.pass(3_000);
    expect(standby.isWorking).toBe(true);
  });

  test('a call of the outage that is answered only then elects nobody', async () => {
    const world = new World();
    const [leader, standby] = [world.start('leader'), world.start('standby')];
    await world.pass(2_000);
    const back = Promise.withResolvers<void>();
    standby.store.delay(() => back.promise);
    leader.store.fail();
    await world.pass(60_000);
    back.resolve();
    await world.pass(3_000);
    leader.store.work();
    await world.pass(30_000);
    expect([leader.signals, standby.signals].map(({ length }) => length)).toEqual([1, 0]);
  });
});

describe('work', () => {
  const leadOnce = (world: World, work: (signal: AbortSignal) => Promise<unknown>, name = 'once'): Promise<void> => {
    const { signal } = new AbortController();
    const store = world.elections.store(name).asStore;
    return lead(work, { feed: 'news', store, signal, clock: world.clock, logger: new RecordingLogger() });
  };

  test('that ends by itself ends the leadership, and the term is given up', async () => {
    const world = new World();
    await leadOnce(world, async () => expect(world.elections.leaderOf('news')).toBe('once'));
    expect(world.elections.leaderOf('news')).toBeUndefined();
  });

  test('that fails ends the leadership with its error, and the term is given up', async () => {
    const world = new World();
    const failure = new Error('no luck');
    await expect(leadOnce(world, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(world.elections.leaderOf('news')).toBeUndefined();
  });

  test('within the work of the same election is part of it', async () => {
    const world = new World();
    const store = world.elections.store('one');
    const options = { feed: 'news', store: store.asStore, clock: world.clock, logger: new RecordingLogger() };
    const { signal } = new AbortController();
    let inner = 0;
    const nested = () => lead(async () => (inner += 1), { ...options, signal });
    await lead(nested, { ...options, signal });
    expect(inner).toBe(1);
    expect(store.calls).toBe(2);
  });

  test('of two loops for the same election in one process goes on together, and when one of them ends', async () => {
    const world = new World();
    const store = world.elections.store('one');
    const [one, two] = [world.start('one', {}, store), world.start('one', {}, store)];
    await world.pass(2_000);
    expect(world.working).toBe(2);
    two.stopping.abort();
    await two.ended;
    await world.pass(20_000);
    expect(one.signals).toHaveLength(1);
    expect(one.isWorking).toBe(true);
    one.stopping.abort();
    await one.ended;
    expect(world.elections.leaderOf('news')).toBeUndefined();
  });

  test('keeps the term until it has ended after a stop', async () => {
    const world = new World();
    const store = world.elections.store('one');
    const stopping = new AbortController();
    const slow = Promise.withResolvers<void>();
    const options = { feed: 'news', store: store.asStore, signal: stopping.signal, logger: new RecordingLogger() };
    const leading = lead(() => slow.promise, { ...options, clock: world.clock });
    await world.pass(1_000);
    stopping.abort();
    await world.pass(60_000);
    expect(world.elections.leaderOf('news')).toBe('one');
    slow.resolve();
    await leading;
    expect(world.elections.leaderOf('news')).toBeUndefined();
  });

  test('with a policy that does not exist is refused', async () => {
    const { signal } = new AbortController();
    const options = { feed: 'news', signal, onStoreError: 'wait' as never };
    await expect(lead(() => Promise.resolve(), options)).rejects.toThrow(/^onStoreError must be 'deliver' or 'hold'/);
  });
});
