import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { ids } from '../../../local/discord/index.ts';
import { Incidents } from '../../../src/feed/incidents/incidents.ts';
import { resolveDeliveryOptions } from '../../../src/feed/options.ts';
import { failSourceFor, INCIDENT_AFTER_MS, secondProcess, startWithAdmins, told } from '../../support/admin-channel.ts';
import type { DeliveryHarness } from '../../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../../support/notes.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/times.ts';

/** A feed whose model or whose own code a test can break. */
class BreakableFeed extends NoteFeed {
  modelError: string | undefined;
  messageError: string | undefined;
  onEnrich: () => Promise<void> = () => Promise.resolve();

  override async summarize(note: Note, signal: AbortSignal): Promise<Summary> {
    await this.onEnrich();
    if (this.modelError !== undefined) throw new Error(this.modelError);
    return super.summarize(note, signal);
  }

  override message(note: Note, summary?: Summary) {
    if (this.messageError !== undefined) throw new Error(this.messageError);
    return super.message(note, summary);
  }
}

async function startBreakable() {
  const feed = new BreakableFeed();
  return { feed, harness: await startWithAdmins({ feed }) };
}

/** A cycle a minute, for as long; over hours, twenty cycles. */
async function cyclesFor(harness: DeliveryHarness, ms: number, items: readonly Note[] = []): Promise<void> {
  const pauseMs = ms < HOUR_MS ? MINUTE_MS : ms / 20;
  await harness.deliver(items);
  for (let spent = 0; spent < ms; spent += pauseMs) {
    await harness.clock.advance(pauseMs);
    await harness.deliver(items);
  }
}

describe('a model that fails', () => {
  test('is told of at once when the breaker opens, and again once an item is enriched', async () => {
    const { feed, harness } = await startBreakable();
    feed.modelError = 'quota exceeded for key sk-abcdefghijklmnopqrstuvwx';
    await harness.deliver(notes(2));
    expect(told(harness)).toEqual([]);
    await harness.deliver(notes(5));
    expect(told(harness)).toHaveLength(1);
    expect(told(harness)[0]).toContain('🔴 **Items of `notes` are posted without enrichment**');
    expect(told(harness)[0]).toContain(String.raw`quota exceeded for key \[redacted\]`);
    expect(told(harness)[0]).toContain('address, key and quota');
    await cyclesFor(harness, HOUR_MS, notes(60));
    expect(told(harness)).toHaveLength(1);
    feed.modelError = undefined;
    await harness.clock.advance(INCIDENT_AFTER_MS);
    await harness.deliver(notes(61));
    expect(told(harness)).toHaveLength(2);
    expect(told(harness)[1]).toContain('🟢 **Items of `notes` are enriched again**, after ');
    expect(harness.texts()).toHaveLength(61);
  });

  test('is told of before a long cycle is over', async () => {
    const { feed, harness } = await startBreakable();
    feed.modelError = 'timeout';
    await harness.restart({ maxConcurrent: 1 });
    const toldOf: number[] = [];
    const message = feed.message.bind(feed);
    feed.message = (note: Note, summary?: Summary) => {
      toldOf.push(told(harness).length);
      return message(note, summary);
    };
    await harness.deliver(notes(20));
    expect(toldOf[0]).toBe(0);
    expect(toldOf.at(-1)).toBe(1);
  });

  test('is not told of when it fails only now and then', async () => {
    const { feed, harness } = await startBreakable();
    for (let round = 0; round < 20; round += 1) {
      feed.modelError = round % 2 === 0 ? 'overloaded' : undefined;
      await harness.clock.advance(6 * MINUTE_MS);
      await harness.deliver(notes(2, `round${round}-`));
    }
    expect(told(harness)).toEqual([]);
  });

  test('makes four messages, however often it comes and goes', async () => {
    const { feed, harness } = await startBreakable();
    for (let round = 0; round < 8; round += 1) {
      feed.modelError = 'overloaded';
      await cyclesFor(harness, 12 * MINUTE_MS, notes(4, `bad${round}-`));
      feed.modelError = undefined;
      await harness.clock.advance(INCIDENT_AFTER_MS);
      await harness.deliver(notes(1, `good${round}-`));
    }
    expect(told(harness).map((text) => text.slice(0, 2))).toEqual(['🔴', '🟢', '🔴']);
    await harness.clock.advance(HOUR_MS);
    await harness.deliver([]);
    expect(told(harness)).toHaveLength(4);
  });

  test('makes no message of a short relapse', async () => {
    const { feed, harness } = await startBreakable();
    for (const round of ['a', 'b', 'c']) {
      feed.modelError = 'overloaded';
      await harness.deliver(notes(4, `bad ${round}`));
      feed.modelError = undefined;
      await harness.clock.advance(MINUTE_MS);
      await harness.deliver(notes(1, `good ${round}`));
    }
    await harness.clock.advance(HOUR_MS);
    await harness.deliver([]);
    expect(told(harness).map((text) => text.slice(0, 2))).toEqual(['🔴', '🟢']);
  });

  test('is told of once although the bot is started again while it fails', async () => {
    const { feed, harness } = await startBreakable();
    feed.modelError = 'no credit left';
    await harness.deliver(notes(4, 'a'));
    await harness.restart();
    await harness.deliver(notes(4, 'b'));
    expect(told(harness)).toHaveLength(1);
    await harness.restart();
    feed.modelError = undefined;
    await harness.deliver(notes(1, 'c'));
    expect(told(harness)).toHaveLength(2);
  });

  test('is not told of for enrichments that the end of the bot broke off', async () => {
    const { feed, harness } = await startBreakable();
    for (let round = 0; round < 4; round += 1) {
      const stop = new AbortController();
      feed.modelError = 'aborted';
      feed.onEnrich = async () => stop.abort();
      await harness.deliver(notes(3), { signal: stop.signal });
    }
    expect(await harness.store.incidents.current()).toEqual([]);
    expect(harness.texts()).toEqual([]);
  });
});

describe('a store that fails', () => {
  /** Takes the table of seen ids away from under the store. Call the result to put it back. */
  function takeAway({ path }: DeliveryHarness): () => void {
    const db = new BetterSqlite3(path);
    db.exec('ALTER TABLE seen RENAME TO seen_away');
    return () => {
      db.exec('ALTER TABLE seen_away RENAME TO seen');
      db.close();
    };
  }

  test('is told of once, although it can keep nothing, and again once it works', async () => {
    const { harness } = await startBreakable();
    const putBack = takeAway(harness);
    await cyclesFor(harness, INCIDENT_AFTER_MS - MINUTE_MS, notes(1));
    expect(told(harness)).toEqual([]);
    await cyclesFor(harness, HOUR_MS, notes(1));
    expect(told(harness)).toHaveLength(1);
    expect(told(harness)[0]).toContain('🔴 **The database cannot be used**');
    expect(told(harness)[0]).toContain('no such table');
    expect(told(harness)[0]).toContain('Check the free space');
    putBack();
    await harness.deliver(notes(1));
    expect(told(harness)).toHaveLength(2);
    expect(told(harness)[1]).toContain('🟢 **The database works again**, after 1 h 9 min.');
  });

  test('is not told of in the middle of a cycle that finds it working, however long ago the last one was', async () => {
    const { harness } = await startBreakable();
    const putBack = takeAway(harness);
    await harness.deliver(notes(1));
    putBack();
    await harness.clock.advance(HOUR_MS);
    await harness.deliver(notes(5));
    expect(harness.texts()).toHaveLength(5);
    expect(told(harness)).toEqual([]);
  });

  test('is told of by one of two feeds that share it', async () => {
    const { harness } = await startBreakable();
    const { path, clock, logger, rest, store } = harness;
    expect(path).not.toBe('');
    const options = resolveDeliveryOptions({ adminChannelId: ids.general });
    const feeds = ['one', 'two'].map((name) => new Incidents({ feed: { name }, store, rest, clock, logger, options }));
    const never = new AbortController().signal;
    for (const minutes of [0, 10, 20]) {
      await clock.advance(minutes * MINUTE_MS);
      for (const incidents of feeds) {
        incidents.failing({ kind: 'store' }, 'disk full');
        await incidents.endCycle(0, never);
      }
    }
    expect(told(harness)).toHaveLength(1);
    for (const incidents of feeds) {
      incidents.working({ kind: 'store' });
      await incidents.endCycle(0, never);
    }
    expect(told(harness)).toHaveLength(2);
  });

  test('delays what else fails, and loses nothing of it', async () => {
    const { harness } = await startBreakable();
    const db = new BetterSqlite3(harness.path);
    db.exec('ALTER TABLE seen_incident RENAME TO seen_incident_away');
    await failSourceFor(harness, INCIDENT_AFTER_MS);
    expect(told(harness)).toHaveLength(1);
    expect(told(harness)[0]).toContain('The database cannot be used');
    db.exec('ALTER TABLE seen_incident_away RENAME TO seen_incident');
    db.close();
    await failSourceFor(harness, INCIDENT_AFTER_MS);
    expect(told(harness)).toHaveLength(2);
    expect(told(harness)[1]).toContain('The source of `notes` cannot be read');
  });
});

describe('a backlog', () => {
  test('of many items is told of, and again when it is gone', async () => {
    const { feed, harness } = await startBreakable();
    feed.messageError = 'no template';
    await cyclesFor(harness, INCIDENT_AFTER_MS, notes(101));
    expect(told(harness)).toHaveLength(1);
    expect(told(harness)[0]).toContain('🔴 **Items of `notes` pile up**');
    expect(told(harness)[0]).toContain('101 items wait');
    expect(told(harness)[0]).toContain('/seen stats');
    await harness.restart();
    await cyclesFor(harness, 2 * MINUTE_MS);
    expect(told(harness)).toHaveLength(1);
    feed.messageError = undefined;
    await cyclesFor(harness, HOUR_MS, notes(101));
    expect(told(harness)).toHaveLength(2);
    expect(told(harness)[1]).toContain('🟢 **The backlog of `notes` is gone**');
  });

  test('of an item that waits for more than six hours is told of', async () => {
    const { harness } = await startBreakable();
    await harness.store.claim([{ id: 'old', payload: { id: 'old' } }], { feed: 'notes' });
    await harness.restart({ maxAttempts: 1000 });
    const feed = harness.feed as BreakableFeed;
    feed.messageError = 'no template';
    await cyclesFor(harness, 6 * HOUR_MS);
    expect(told(harness)).toEqual([]);
    await cyclesFor(harness, INCIDENT_AFTER_MS + MINUTE_MS);
    expect(told(harness)).toHaveLength(1);
    expect(told(harness)[0]).toContain('1 item waits, the oldest for 6 h');
  });

  test('that is becoming smaller after an outage is none', async () => {
    const { feed, harness } = await startBreakable();
    feed.messageError = 'no template';
    await harness.deliver(notes(210));
    feed.messageError = undefined;
    await harness.restart();
    await harness.clock.advance(7 * HOUR_MS);
    for (let cycle = 0; cycle < 3; cycle += 1) {
      await harness.deliver([]);
      await harness.clock.advance(INCIDENT_AFTER_MS);
    }
    expect(harness.texts()).toHaveLength(210);
    expect(told(harness).filter((text) => text.includes('pile up'))).toEqual([]);
  });

  test('does not arise while the model fails', async () => {
    const { feed, harness } = await startBreakable();
    feed.modelError = 'down';
    await cyclesFor(harness, HOUR_MS, notes(101));
    expect(harness.texts()).toHaveLength(101);
    expect(told(harness)).toHaveLength(1);
    expect(told(harness)[0]).toContain('without enrichment');
  });

  test('that the flood breaker holds is none', async () => {
    const { harness } = await startBreakable();
    await harness.deliver(notes(10));
    for (let cycle = 0; cycle < 5; cycle += 1) await harness.deliver(notes(10));
    await cyclesFor(harness, HOUR_MS, [...notes(10), ...notes(150, 'flood')]);
    expect(told(harness)).toHaveLength(1);
    expect(told(harness)[0]).toContain('The flood breaker holds');
  });
});

describe('a channel', () => {
  test('is told of with the permissions that it needs, and again once a post gets through', async () => {
    const { harness } = await startBreakable();
    const { store, rest, clock, logger } = harness;
    const options = resolveDeliveryOptions({ adminChannelId: ids.general });
    const incidents = new Incidents({ feed: { name: 'notes' }, store, rest, clock, logger, options });
    const subject = { kind: 'channel', channelId: ids.announcements } as const;
    const never = new AbortController().signal;
    incidents.failing(subject, 'Missing Permissions');
    await incidents.endCycle(0, never);
    await clock.advance(INCIDENT_AFTER_MS);
    incidents.failing(subject, 'Missing Permissions');
    await incidents.endCycle(0, never);
    expect(told(harness)).toHaveLength(1);
    expect(told(harness)[0]).toContain(`🔴 **Nothing can be posted in <#${ids.announcements}>**`);
    expect(told(harness)[0]).toContain('View Channel, Send Messages, Embed Links and Read Message History');
    incidents.working(subject);
    await incidents.endCycle(1, never);
    expect(told(harness)).toHaveLength(2);
    expect(told(harness)[1]).toContain(`🟢 **Posts get through in <#${ids.announcements}> again**`);
    expect(told(harness)[1]).toContain('1 item posted in this cycle, nothing waits.');
  });
});

test('a feed tells nothing of the incidents of another', async () => {
  const { harness } = await startBreakable();
  await harness.store.incidents.open('source:other', 'down');
  await harness.clock.advance(HOUR_MS);
  await harness.deliver([]);
  await (await secondProcess(harness)).run({ items: [], complete: true }, new AbortController().signal);
  expect(told(harness)).toEqual([]);
});
