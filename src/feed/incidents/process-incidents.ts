import { randomUUID } from 'node:crypto';

import type { Clock } from '../../store/clock.ts';
import { RELAPSE_MS, type Incident, type Incidents } from '../../store/contract/incidents.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';

/** An incident in memory. */
type Entry = { -readonly [Name in keyof Incident]: Incident[Name] } & { isEndTold: boolean };

/**
 * The incidents that the process remembers, for as long as it runs: those of the store itself, which cannot keep them.
 */
export class ProcessIncidents implements Incidents {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async open(subject: string, reason: string): Promise<Incident> {
    const earlier = this.#entries.get(subject);
    const entry = earlier !== undefined && this.#goesOn(earlier) ? earlier : this.#begin(subject, earlier);
    Object.assign(entry, { reason, overAt: null });
    this.#entries.set(subject, entry);
    return snapshot(entry);
  }

  async current(): Promise<Incident[]> {
    return this.#where(({ overAt }) => overAt === null);
  }

  async ended(): Promise<Incident[]> {
    return this.#where(({ overAt, isEndTold }) => overAt !== null && !isEndTold);
  }

  async close(subject: string): Promise<Incident | null> {
    const entry = this.#entries.get(subject);
    if (entry === undefined || entry.overAt !== null) return null;
    entry.toldAt ??= entry.intentAt;
    if (entry.toldAt === null && !entry.isRelapse) this.#entries.delete(subject);
    else Object.assign(entry, { overAt: this.#now(), intentAt: null, isEndTold: entry.toldAt === null });
    return snapshot(entry);
  }

  async saveIntent(incident: Incident): Promise<Incident | null> {
    const entry = this.#untold(incident);
    if (entry === undefined) return null;
    entry.intentAt ??= this.#now();
    return snapshot(entry);
  }

  async dropIntent(incident: Incident): Promise<void> {
    const entry = this.#untold(incident);
    if (entry !== undefined) entry.intentAt = null;
  }

  async markTold(incident: Incident): Promise<boolean> {
    const entry = this.#untold(incident);
    if (entry === undefined) return false;
    entry.intentAt = null;
    if (entry.overAt === null) entry.toldAt = this.#now();
    else entry.isEndTold = true;
    return true;
  }

  #begin(subject: string, earlier: Entry | undefined): Entry {
    // The map lists the incidents in the order in which they began.
    this.#entries.delete(subject);
    const isRelapse = earlier !== undefined && this.#isRecent(earlier);
    const state = { reason: '', intentAt: null, toldAt: null, overAt: null, isEndTold: false };
    return { ...state, id: randomUUID(), subject, since: this.#now(), isRelapse };
  }

  /** True unless the incident has ended: when its end is untold, and recent, it merely goes on. */
  #goesOn(entry: Entry): boolean {
    return entry.overAt === null || (!entry.isEndTold && entry.intentAt === null && this.#isRecent(entry));
  }

  #isRecent({ overAt }: Entry): boolean {
    return overAt !== null && this.#clock.now() - overAt.getTime() < RELAPSE_MS;
  }

  #untold({ id, subject, overAt }: Incident): Entry | undefined {
    const entry = this.#entries.get(subject);
    if (entry?.id !== id || (entry.overAt === null) !== (overAt === null)) return undefined;
    const isTold = entry.overAt === null ? entry.toldAt !== null : entry.isEndTold;
    return isTold ? undefined : entry;
  }

  #where(matches: (entry: Entry) => boolean): Incident[] {
    return [...this.#entries.values()].filter(matches).map(snapshot);
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

/** The caller's copy, which stays as it is. */
function snapshot({ isEndTold: _isEndTold, ...incident }: Entry): Incident {
  return incident;
}

const ofStores = new WeakMap<SeenStore, ProcessIncidents>();

/** The memory that all feeds of a store share, so that only one of them tells. */
export function processIncidents(store: SeenStore, clock: Clock): ProcessIncidents {
  const known = ofStores.get(store) ?? new ProcessIncidents(clock);
  ofStores.set(store, known);
  return known;
}
