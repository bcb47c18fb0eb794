import type { Incident, Incidents } from '../../store/contract/incidents.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';
import { isStoreFault } from '../progress/store-faults.ts';
import { describeError, cleanReason } from './clean-reason.ts';
import { STORE } from '../incident-subject.ts';

/** The incidents after the latest signals were kept. */
export interface Kept {
  /** Those that go on. */
  readonly current: readonly Incident[];
  /** Those that ended with the latest signals. */
  readonly closed: readonly Incident[];
  /** Those whose end is still to be told. Only looked for in the end of a cycle. */
  readonly ended: readonly Incident[];
  /** False when the store could not say all. */
  readonly isWhole: boolean;
}

type InStore = Pick<Kept, 'closed' | 'ended'>;

/**
 * Keeps what fails and what works: in the store, or in the memory of the process where it is the store that fails. What
 * else fails meanwhile is kept once the store is back.
 */
export class IncidentKeeper {
  readonly #store: SeenStore;
  readonly #memory: Incidents;
  /** The latest signal of each subject that was not kept yet: the reason why it fails, or null for one that works. */
  readonly #signals = new Map<string, string | null>();
  /** The store's incidents that go on, as last read; undefined when it could not be asked. */
  #current: Map<string, Incident> | undefined;

  constructor(store: SeenStore, memory: Incidents) {
    this.#store = store;
    this.#memory = memory;
  }

  /** @param reason Null for a subject that works. */
  note(name: string, reason: string | null): void {
    this.#signals.set(name, reason);
  }

  /** The book that has the incident. */
  bookOf({ subject }: Incident): Incidents {
    return subject === STORE ? this.#memory : this.#store.incidents;
  }

  /** True for a subject of whose failing people were told. */
  wasTold(name: string): boolean {
    return (this.#current?.get(name)?.toldAt ?? null) !== null;
  }

  /** The names of what fails, by what is known here. */
  get failing(): string[] {
    const names = new Set([...(this.#current?.keys() ?? []), ...this.#signals.keys()]);
    return [...names].filter((name) => this.#signals.get(name) !== null);
  }

  /** Learns what others have kept. */
  async learn(): Promise<void> {
    await this.#unlessStoreFails(async () => {
      this.#current = await this.#read();
      return { closed: [], ended: [] };
    });
  }

  /** Keeps what begins to fail, or works again. */
  async keepChanges(): Promise<Kept> {
    return this.#keep(async () => {
      const current = (this.#current ??= await this.#read());
      return { closed: await this.#keepSignals(current, (name) => !current.has(name)), ended: [] };
    });
  }

  /** Keeps the latest reasons as well. */
  async keepAll(): Promise<Kept> {
    return this.#keep(async () => {
      const current = (this.#current ??= await this.#read());
      return { closed: await this.#keepSignals(current, () => true), ended: await this.#store.incidents.ended() };
    });
  }

  async #keep(keepInStore: () => Promise<InStore>): Promise<Kept> {
    const closedInMemory = await this.#keepStoreSignal();
    const { closed, ended } = await this.#unlessStoreFails(keepInStore);
    return {
      current: [...(this.#current?.values() ?? []), ...(await this.#memory.current())],
      closed: [...closedInMemory, ...closed],
      ended: [...ended, ...(await this.#memory.ended())],
      isWhole: this.#current !== undefined,
    };
  }

  async #keepStoreSignal(): Promise<Incident[]> {
    const reason = this.#signals.get(STORE);
    this.#signals.delete(STORE);
    if (typeof reason === 'string') await this.#memory.open(STORE, reason);
    const closed = reason === null ? await this.#memory.close(STORE) : null;
    return closed === null ? [] : [closed];
  }

  async #unlessStoreFails(keepInStore: () => Promise<InStore>): Promise<InStore> {
    try {
      return await keepInStore();
    } catch (error) {
      if (!isStoreFault(error)) throw error;
      this.#current = undefined;
      await this.#memory.open(STORE, cleanReason(describeError(error)));
      return { closed: [], ended: [] };
    }
  }

  async #read(): Promise<Map<string, Incident>> {
    return new Map((await this.#store.incidents.current()).map((incident) => [incident.subject, incident]));
  }

  async #keepSignals(current: Map<string, Incident>, isWorthKeeping: (name: string) => boolean): Promise<Incident[]> {
    const closed: Incident[] = [];
    for (const [name, reason] of this.#signals) {
      if (reason === null) {
        const over = current.has(name) ? await this.#store.incidents.close(name) : null;
        if (over !== null) closed.push(over);
        current.delete(name);
      } else if (isWorthKeeping(name)) current.set(name, await this.#store.incidents.open(name, reason));
      else continue;
      if (this.#signals.get(name) === reason) this.#signals.delete(name);
    }
    return closed;
  }
}
