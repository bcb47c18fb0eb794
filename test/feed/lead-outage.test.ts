import { setImmediate as macrotask } from 'node:timers/promises';
import { REST } from 'discord.js';
import { expect, onTestFinished, test } from 'vitest';

import { lead } from '../../src/feed/lead/lead.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import { poll } from '../../src/feed/poll.ts';
import { openSeenStore, SeenStoreError, type SeenStore } from '../../src/store/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note } from '../support/notes.ts';

const listed = notes(3);
const news = [...listed, { id: 'new' }];

/** The connection of one process to the database, which the test interrupts. */
class Connection {
  isDown = false;
  readonly #underWay = new Set<Promise<unknown>>();

  /** The store as the process has it. */
  through<Part extends object>(part: Part): Part {
    return new Proxy(part, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member === 'function') return (...given: unknown[]) => this.#call(target, name, member, given);
        return typeof member === 'object' && member !== null ? this.through(member) : member;
      },
    });
  }

  #call(target: object, name: string | symbol, method: CallableFunction, given: unknown[]): unknown {
    if (this.isDown) return Promise.reject(new SeenStoreError(String(name), 'connection refused'));
    const result: unknown = Reflect.apply(method, target, given);
    const settled = Promise.allSettled([result]);
    this.#underWay.add(settled);
    settled.then(() => this.#underWay.delete(settled)).catch(() => undefined);
    return result;
  }

  /** Resolves once every call was answered, and those that follow from the answers. */
  async idle(): Promise<void> {
    for (await macrotask(); this.#underWay.size > 0; await macrotask()) await Promise.all(this.#underWay);
  }
}

/** Processes that share a database, lead by turns, and look at the source. */
class World {
  readonly harness: DeliveryHarness;
  listed: readonly Note[] = listed;
  readonly #connections: Connection[] = [];

  private constructor(harness: DeliveryHarness) {
    this.harness = harness;
  }

  /** Discord forgets nonces at once: after a real outage it has. */
  static async start(): Promise<World> {
    return new World(await DeliveryHarness.start({ discord: { nonceWindowMs: 1 } }));
  }

  async process(everyMs: number): Promise<Process> {
    const { clock, logger, path, discord } = this.harness;
    const connection = new Connection();
    this.#connections.push(connection);
    const opened = await openSeenStore({ path, clock, logger });
    onTestFinished(() => opened.close());
    const store = connection.through(opened);
    const rest = new REST({ api: discord.api, version: '10', offset: 0 }).setToken(discord.token);
    const feed = new NoteFeed();
    const delivery = new Delivery({ feed, store, rest, clock, logger, options: { firstRun: 'post' } });
    const stopping = new AbortController();
    const options = { feed: feed.name, store, clock, logger, signal: stopping.signal };
    const look = (signal: AbortSignal) => delivery.run({ items: this.listed, complete: true }, signal);
    const ended = lead((signal) => poll(look, { ...options, everyMs, signal }), options);
    const process = { store, connection, ended, stop: () => stopping.abort() };
    onTestFinished(process.stop);
    return process;
  }

  /** Time passes, but never while the database has still to answer. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 500) {
      await this.harness.clock.advance(500);
      for (const connection of this.#connections) await connection.idle();
    }
  }

  /** Time passes until the channel has so many messages. */
  async until(messages: number): Promise<void> {
    for (let tries = 0; tries < 200 && this.harness.texts().length < messages; tries += 1) await this.pass(500);
    if (this.harness.texts().length < messages) throw new Error(`Waited in vain for ${messages} messages.`);
  }
}

interface Process {
  readonly store: SeenStore;
  readonly connection: Connection;
  readonly ended: Promise<void>;
  readonly stop: () => void;
}

test('what the leader posted in an outage is not posted again, whoever reaches the store first', async () => {
  const world = await World.start();
  const leader = await world.process(1_000);
  await world.until(3);
  const standby = await world.process(1_000);
  await world.pass(2_000);
  leader.connection.isDown = true;
  standby.connection.isDown = true;
  await world.pass(20_000);
  world.listed = news;
  await world.until(4);
  standby.connection.isDown = false;
  await world.pass(5_000);
  leader.connection.isDown = false;
  await world.pass(20_000);
  leader.stop();
  await leader.ended;
  await world.pass(5_000);
  expect(world.harness.logger.of('feed_lead_gained')).toHaveLength(2);
  expect(world.harness.texts()).toHaveLength(4);
});

test('a leader that is led again marks at once what it posted, long before it looks at the source again', async () => {
  const world = await World.start();
  const leader = await world.process(60_000);
  await world.until(3);
  await world.pass(20_000);
  leader.connection.isDown = true;
  world.listed = news;
  await world.until(4);
  leader.connection.isDown = false;
  await world.pass(6_000);
  await expect.poll(() => leader.store.filterUnseen(['new'])).toEqual([]);
  expect(world.harness.logger.of('mark_seen_error')).toEqual([]);
});
