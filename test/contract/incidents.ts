import { describe, expect, test } from 'vitest';

import { RELAPSE_MS, type Incident } from '../../src/store/contract/incidents.ts';
import type { SeenStore } from '../../src/store/index.ts';
import type { SettableClock } from '../support/settable-clock.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { openOne, openPair } from './stores.ts';

type IncidentStore = Pick<SeenStore, 'incidents'>;

interface IncidentOwner {
  readonly one: IncidentStore;
  readonly clock: SettableClock;
}

/** A memory of incidents, as its suite needs to know it. The clock is one that the test moves. */
export interface IncidentMemory {
  readonly name: string;
  one(): Promise<IncidentOwner>;
  /** Two who share the incidents and the clock. */
  pair(): Promise<IncidentOwner & { readonly other: IncidentStore }>;
}

/** Tells people of an incident, as a feed does. */
async function tell(store: IncidentStore, incident: Incident | null): Promise<void> {
  const sent = incident === null ? null : await store.incidents.saveIntent(incident);
  if (sent === null) throw new Error('there is nothing to tell');
  expect(await store.incidents.markTold(sent)).toBe(true);
}

/** An incident that people were told of, over since now, with its end told. */
async function failAndRecover(store: IncidentStore, subject: string): Promise<Incident> {
  const incident = await store.incidents.open(subject, 'down');
  await tell(store, incident);
  await tell(store, await store.incidents.close(subject));
  return incident;
}

/** The life of an incident, for every memory of incidents to follow. */
export function describeIncidents(memory: IncidentMemory): void {
  describe(`incidents, ${memory.name}`, () => {
    test('an incident is opened, told, closed, and its end told', async () => {
      const { one, other, clock } = await memory.pair();
      expect(await other.incidents.current()).toEqual([]);
      const opened = await one.incidents.open('source:news', 'no answer 😀');
      const failing = {
        id: opened.id,
        subject: 'source:news',
        reason: 'no answer 😀',
        since: new Date(NOON),
        isRelapse: false,
        intentAt: null,
        toldAt: null,
        overAt: null,
      };
      expect(opened).toEqual(failing);
      expect(await other.incidents.current()).toEqual([failing]);
      clock.advance(HOUR_MS);
      expect(await other.incidents.saveIntent(opened)).toEqual({ ...failing, intentAt: new Date(NOON + HOUR_MS) });
      expect(await one.incidents.markTold(opened)).toBe(true);
      const told = { ...failing, toldAt: new Date(NOON + HOUR_MS) };
      expect(await other.incidents.current()).toEqual([told]);
      clock.advance(HOUR_MS);
      const over = { ...told, overAt: new Date(NOON + 2 * HOUR_MS) };
      expect(await other.incidents.close('source:news')).toEqual(over);
      expect(await one.incidents.current()).toEqual([]);
      expect(await one.incidents.ended()).toEqual([over]);
      await tell(one, over);
      expect(await other.incidents.ended()).toEqual([]);
      expect(await other.incidents.close('source:news')).toBeNull();
    });

    test('an incident that goes on keeps its beginning, and has the latest reason', async () => {
      const { one, other, clock } = await memory.pair();
      const { id } = await one.incidents.open('source:news', 'timeout');
      clock.advance(HOUR_MS);
      expect(await other.incidents.open('source:news', 'refused')).toMatchObject({
        id,
        reason: 'refused',
        since: new Date(NOON),
      });
    });

    test('a subject has one incident, however many open it at the same time', async () => {
      const { one, other } = await memory.pair();
      const opening = Array.from({ length: 20 }, (_, n) => (n % 2 ? one : other).incidents.open('store', `${n}`));
      expect(new Set((await Promise.all(opening)).map(({ id }) => id)).size).toBe(1);
    });

    test('subjects do not share an incident; the oldest comes first', async () => {
      const { one, clock } = await memory.one();
      await one.incidents.open('b', 'x');
      clock.advance(1);
      await one.incidents.open('a', 'x');
      clock.advance(1);
      await one.incidents.open('c', 'x');
      await one.incidents.close('c');
      expect((await one.incidents.current()).map(({ subject }) => subject)).toEqual(['b', 'a']);
    });

    test('a subject that fails once more comes after what has failed since before', async () => {
      const { one, clock } = await memory.one();
      await failAndRecover(one, 'b');
      await one.incidents.open('a', 'x');
      clock.advance(RELAPSE_MS);
      await one.incidents.open('b', 'x');
      expect((await one.incidents.current()).map(({ subject }) => subject)).toEqual(['a', 'b']);
    });

    test('of all who tell at the same time, one records it', async () => {
      const { one, other } = await memory.pair();
      const incident = await one.incidents.open('store', 'down');
      const telling = Array.from({ length: 10 }, (_, n) => (n % 2 ? one : other).incidents.markTold(incident));
      expect((await Promise.all(telling)).filter(Boolean)).toEqual([true]);
    });

    test('nothing is left of an incident that ended before anybody was told', async () => {
      const { one } = await memory.one();
      const incident = await one.incidents.open('store', 'down');
      expect(await one.incidents.close('store')).toEqual(incident);
      expect(await one.incidents.current()).toEqual([]);
      expect(await one.incidents.ended()).toEqual([]);
      expect(await one.incidents.saveIntent(incident)).toBeNull();
      const next = await one.incidents.open('store', 'down');
      expect(next.isRelapse).toBe(false);
      expect(next.id).not.toBe(incident.id);
    });

    test('there is nothing to close where nothing fails', async () => {
      const { one } = await memory.one();
      expect(await one.incidents.close('store')).toBeNull();
    });

    test('the time of the first intent stays until the intent is dropped', async () => {
      const { one, clock } = await memory.one();
      const incident = await one.incidents.open('store', 'down');
      await one.incidents.saveIntent(incident);
      clock.advance(HOUR_MS);
      expect(await one.incidents.saveIntent(incident)).toMatchObject({ intentAt: new Date(NOON) });
      await one.incidents.dropIntent(incident);
      expect((await one.incidents.current())[0]).toMatchObject({ intentAt: null });
      expect(await one.incidents.saveIntent(incident)).toMatchObject({ intentAt: new Date(NOON + HOUR_MS) });
    });

    test('there is nothing to tell of a state that was told, or has passed', async () => {
      const { one } = await memory.one();
      const failing = await one.incidents.open('store', 'down');
      await tell(one, failing);
      expect(await one.incidents.saveIntent(failing)).toBeNull();
      expect(await one.incidents.markTold(failing)).toBe(false);
      const over = await one.incidents.close('store');
      expect(await one.incidents.saveIntent(failing)).toBeNull();
      expect(await one.incidents.markTold(failing)).toBe(false);
      await tell(one, over);
    });

    test('the end of an incident is told when its message may have been made', async () => {
      const { one } = await memory.one();
      await one.incidents.saveIntent(await one.incidents.open('store', 'down'));
      expect(await one.incidents.close('store')).toMatchObject({ toldAt: new Date(NOON), intentAt: null });
      expect(await one.incidents.ended()).toHaveLength(1);
    });

    test('an incident whose end nobody was told of goes on when the subject fails again', async () => {
      const { one, clock } = await memory.one();
      const incident = await one.incidents.open('store', 'down');
      await tell(one, incident);
      clock.advance(HOUR_MS);
      const over = await one.incidents.close('store');
      clock.advance(MINUTE_MS);
      expect(await one.incidents.open('store', 'again')).toMatchObject({
        id: incident.id,
        since: new Date(NOON),
        toldAt: new Date(NOON),
        overAt: null,
        isRelapse: false,
      });
      expect(over && (await one.incidents.saveIntent(over))).toBeNull();
    });

    test('it is a new incident when that was long ago', async () => {
      const { one, clock } = await memory.one();
      const incident = await one.incidents.open('store', 'down');
      await tell(one, incident);
      await one.incidents.close('store');
      clock.advance(RELAPSE_MS);
      const next = await one.incidents.open('store', 'again');
      expect(next).toMatchObject({ since: new Date(NOON + RELAPSE_MS), toldAt: null, isRelapse: false });
      expect(next.id).not.toBe(incident.id);
    });

    test('what fails again soon after its end was told has relapsed', async () => {
      const { one, other, clock } = await memory.pair();
      const incident = await failAndRecover(one, 'store');
      clock.advance(RELAPSE_MS - 1);
      const relapse = await other.incidents.open('store', 'again');
      expect(relapse).toMatchObject({ isRelapse: true, toldAt: null, since: new Date(NOON + RELAPSE_MS - 1) });
      expect(relapse.id).not.toBe(incident.id);
    });

    test('a relapse that nobody was told of is remembered, and nothing is told of its end', async () => {
      const { one, clock } = await memory.one();
      await failAndRecover(one, 'store');
      await one.incidents.open('store', 'again');
      clock.advance(HOUR_MS);
      await one.incidents.close('store');
      expect(await one.incidents.ended()).toEqual([]);
      clock.advance(MINUTE_MS);
      expect(await one.incidents.open('store', 'and again')).toMatchObject({ isRelapse: true });
    });

    test('what fails again later has not', async () => {
      const { one, clock } = await memory.one();
      await failAndRecover(one, 'store');
      clock.advance(RELAPSE_MS);
      expect(await one.incidents.open('store', 'again')).toMatchObject({ isRelapse: false, toldAt: null });
    });
  });
}

/** The memory of what fails, for every backend to keep. */
export function describeKeptIncidents(backend: ContractBackend): void {
  describeIncidents({
    name: `on ${backend.name}`,
    one: () => openOne(backend),
    pair: () => openPair(backend),
  });

  describe(`incidents that are kept, on ${backend.name}`, () => {
    test('an end that could not be told for a day is forgotten', async () => {
      const { one, clock } = await openOne(backend);
      await tell(one, await one.incidents.open('channel', 'gone'));
      await one.incidents.close('channel');
      clock.advance(DAY_MS);
      await one.incidents.open('store', 'down');
      expect(await one.incidents.ended()).toEqual([]);
    });

    test('times that lie ahead, because the clock was set back, are pulled to the present', async () => {
      const { one, clock } = await openOne(backend);
      await one.incidents.open('store', 'down');
      await tell(one, await one.incidents.open('source', 'down'));
      await one.incidents.close('source');
      clock.set(NOON - DAY_MS);
      const present = new Date(NOON - DAY_MS);
      expect(await one.incidents.current()).toMatchObject([{ since: present }]);
      expect(await one.incidents.ended()).toMatchObject([{ since: present, overAt: present, toldAt: present }]);
      expect(await one.incidents.open('store', 'down')).toMatchObject({ since: present });
      clock.advance(HOUR_MS);
      expect(await one.incidents.current()).toMatchObject([{ since: present }]);
      expect(await one.incidents.ended()).toMatchObject([{ since: present, overAt: present }]);
    });

    test('what goes on goes on when another incident opens or ends after the clock was set back', async () => {
      const { one, clock } = await openOne(backend);
      await one.incidents.open('store', 'down');
      clock.set(NOON - DAY_MS);
      await one.incidents.open('source', 'down');
      await one.incidents.close('source');
      expect(await one.incidents.current()).toMatchObject([{ subject: 'store', overAt: null }]);
    });

    test('incidents survive a restart', async () => {
      const { one, reopen } = await openOne(backend);
      await one.incidents.open('store', 'down');
      await tell(one, await one.incidents.open('source', 'down'));
      await one.incidents.close('source');
      const before = { current: await one.incidents.current(), ended: await one.incidents.ended() };
      await one.close();
      const { incidents } = await reopen();
      expect({ current: await incidents.current(), ended: await incidents.ended() }).toEqual(before);
    });
  });
}
