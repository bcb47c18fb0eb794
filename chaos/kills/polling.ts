import { poll, type PollOptions } from '../../src/feed/poll.ts';
import type { Clock, Leadership, SeenLogger, SeenStore, Term } from '../../src/store/index.ts';
import { LEAD_SPEED, SPEED } from './fast-clock.ts';

export interface PollingOptions {
  readonly feed: string;
  readonly store: SeenStore;
  /** A clock of `LEAD_SPEED`. */
  readonly clock: Clock;
  readonly logger: SeenLogger;
  readonly onStoreError: NonNullable<PollOptions['onStoreError']>;
  /** Time between two polls, in milliseconds of the fast clock. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** Work of the leader, which is told the term in which it was begun. */
type LedTask = (term: Term | undefined, signal: AbortSignal) => Promise<unknown>;

/**
 * Polls while this client leads, as a bot does.
 *
 * @throws What the task throws while this client leads: a bot would poll again, but no task of a run may fail.
 */
export async function pollAsLeader(task: LedTask, { store, everyMs, signal, ...rest }: PollingOptions): Promise<void> {
  const failed = new AbortController();
  const elected = new ElectedTerm(store.leadership);
  await poll(
    async (led) => {
      try {
        await task(elected.term, led);
      } catch (error) {
        if (!led.aborted) failed.abort(error);
        throw error;
      }
    },
    {
      ...rest,
      store: { ...store, leadership: elected.leadership },
      everyMs: (everyMs / SPEED) * LEAD_SPEED,
      signal: AbortSignal.any([signal, failed.signal]),
    },
  );
  failed.signal.throwIfAborted();
}

/** The elections of a store, watched. The database's clock is faster than the leader's, so that leases are longer there. */
class ElectedTerm {
  /** The term to which the client was elected last. */
  term: Term | undefined;
  readonly leadership: Leadership;

  constructor(leadership: Leadership) {
    this.leadership = {
      ...leadership,
      campaign: async (name, { leaseMs = 0 } = {}) => {
        const term = await leadership.campaign(name, { leaseMs: (leaseMs / LEAD_SPEED) * SPEED });
        if (term !== null) this.term = term;
        return term;
      },
    };
  }
}
