import type { Leader, Leadership, SeenStore, Term } from '../../src/store/index.ts';
import { SeenStoreError, SeenTermLostError } from '../../src/store/errors.ts';
import type { ManualClock } from './manual-clock.ts';

/** The elections of a database that can be slow, fail or hang, for stores of several processes. Its clock is its own. */
export class Elections {
  readonly #clock: ManualClock;
  readonly #leaders = new Map<string, Leader>();
  #number = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  leaderOf(name: string): string | undefined {
    const leader = this.#leaders.get(name);
    return leader !== undefined && leader.leaseUntil.getTime() > this.#clock.now() ? leader.leader : undefined;
  }

  /** A store of a process of this name. */
  store(owner: string): ElectedStore {
    const store = new ElectedStore(this.#leadership(owner));
    return store;
  }

  #leadership(leader: string): Leadership {
    const grant = (term: Omit<Term, 'leaseMs'>, leaseMs: number): void =>
      void this.#leaders.set(term.name, { ...term, leaseUntil: new Date(this.#clock.now() + leaseMs) });
    const isCurrent = ({ name, number }: Term): boolean => {
      const current = this.#leaders.get(name);
      return current?.number === number && current.leader === leader;
    };
    return {
      campaign: async (name, { leaseMs = 15_000 } = {}) => {
        const present = this.leaderOf(name);
        if (present !== undefined && present !== leader) return null;
        const number = present === leader ? (this.#leaders.get(name)?.number ?? 0) : (this.#number += 1);
        const term = { name, leader, number, electedAt: new Date(0), leaseMs };
        grant(term, leaseMs);
        return term;
      },
      renew: async (term) => {
        const { number: currentNumber = null, leader: currentLeader = null } = this.#leaders.get(term.name) ?? {};
        if (isCurrent(term)) return grant(term, term.leaseMs);
        throw new SeenTermLostError({ name: term.name, number: term.number, currentNumber, currentLeader });
      },
      resign: async (term) => {
        if (isCurrent(term)) this.#leaders.delete(term.name);
      },
      current: async (name) => (this.leaderOf(name) === undefined ? null : (this.#leaders.get(name) ?? null)),
      all: async () => [...this.#leaders.values()],
    };
  }
}

/** A store of one process, as far as elections go: whatever stands between it and the database may fail or hang. */
export class ElectedStore {
  readonly leadership: Leadership;
  /** Times at which it was asked for something. */
  calls = 0;
  #barrier: () => Promise<void> = () => Promise.resolve();

  constructor(leadership: Leadership) {
    const through = async <Result>(call: () => Promise<Result>): Promise<Result> => {
      this.calls += 1;
      await this.#barrier();
      const result = await call();
      return result;
    };
    this.leadership = {
      campaign: (name, options) => through(() => leadership.campaign(name, options)),
      renew: (term) => through(() => leadership.renew(term)),
      resign: (term) => through(() => leadership.resign(term)),
      current: (name) => through(() => leadership.current(name)),
      all: () => through(() => leadership.all()),
    };
  }

  /** The part of a store that a leader needs. */
  get asStore(): SeenStore {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- elections are all that is asked of it
    return this as unknown as SeenStore;
  }

  fail(): void {
    this.#barrier = async () => {
      throw new SeenStoreError('leadership.renew', 'connection refused');
    };
  }

  hang(): void {
    this.#barrier = () => new Promise(() => undefined);
  }

  /** Answers after a wait. */
  delay(wait: () => Promise<void>): void {
    this.#barrier = wait;
  }

  work(): void {
    this.#barrier = () => Promise.resolve();
  }
}
