import { monotonicNow, sleepUnlessAborted, type Clock } from '../../store/clock.ts';
import type { SeenLogger } from '../../store/logger.ts';
import { describeOwner } from '../../store/owner.ts';
import { readClocks } from '../clock-readings.ts';
import type { OnStoreError } from '../options.ts';
import { isStoreFault } from '../progress/store-faults.ts';
import { ask } from './ask.ts';
import { resign } from './resign.ts';
import { Tenure, type Election } from './tenure.ts';
import { LEASE_MS, OUTAGE_MS, RETURN_MS, STANDBY_MS } from './times.ts';

export interface CandidateContext {
  readonly election: Election;
  readonly clock: Clock;
  readonly logger: SeenLogger;
  /** The policy of the feed, which may be loaded later than its poll begins. */
  readonly onStoreError: () => OnStoreError;
  /** Tells people of the store, whose failure keeps this process from leading. */
  readonly tellOfFailingStore: (fault: unknown) => Promise<void>;
}

/** Stands by, and campaigns once a second, until this process is elected. */
export class Candidate {
  readonly #context: CandidateContext;
  /** The other leader that the store named last; undefined when nobody, or this process, has led since. */
  #otherLeader: string | undefined;
  /** The time at which the store began to fail, by the monotonic clock. */
  #failingSince: number | undefined;
  /** The time, by the monotonic clock, until which the leader of before an outage may return. */
  #leaderMayReturnUntil: number | undefined;

  constructor(context: CandidateContext) {
    this.#context = context;
  }

  /**
   * @returns Undefined once the signal has aborted.
   * @throws {SeenStoreClosedError} when the store was closed.
   */
  async elected(signal: AbortSignal): Promise<Tenure | undefined> {
    while (!signal.aborted) {
      const tenure = await this.#campaign();
      if (tenure !== undefined && !signal.aborted) return tenure;
      if (tenure !== undefined) await resign(tenure, this.#context.logger);
      await sleepUnlessAborted(this.#context.clock, STANDBY_MS, signal);
    }
    return undefined;
  }

  async #campaign(): Promise<Tenure | undefined> {
    const { election, clock, logger } = this.#context;
    const askedAt = monotonicNow(clock);
    try {
      if (await this.#mustStandBy()) return undefined;
      const startedAt = readClocks(clock);
      const { leadership } = election.store;
      const term = await ask(clock, 'leadership.campaign', () =>
        leadership.campaign(election.name, { leaseMs: LEASE_MS }),
      );
      this.#noteAnswer();
      if (term === null) return await this.#standBy();
      this.#otherLeader = undefined;
      const tenure = new Tenure(election, clock, { term, at: startedAt });
      // The process was suspended before it heard the answer: it asks again.
      if (!tenure.isTrusted) return undefined;
      logger.info('feed_lead_gained', { feed: election.feed, election: election.name, term: term.number });
      return tenure;
    } catch (error) {
      return await this.#withoutStore(askedAt, error);
    }
  }

  /**
   * True while the leader that the store named last still leads, or may return after an outage in which it has posted
   * what nobody else knows of. Its term is over by then, so whoever came first would be elected, and post that again.
   *
   * It looks before it campaigns, as a campaign that hangs would go on when the store is back, and win.
   */
  async #mustStandBy(): Promise<boolean> {
    if (this.#otherLeader === undefined) return false;
    const leader = await this.#currentLeader();
    this.#noteAnswer();
    if (leader !== undefined) return leader === this.#otherLeader;
    const { clock, onStoreError } = this.#context;
    const until = this.#leaderMayReturnUntil;
    return onStoreError() === 'deliver' && until !== undefined && monotonicNow(clock) < until;
  }

  async #currentLeader(): Promise<string | undefined> {
    const { election, clock } = this.#context;
    const { leadership } = election.store;
    return (await ask(clock, 'leadership.current', () => leadership.current(election.name)))?.leader;
  }

  #noteAnswer(): void {
    if (this.#failingSince === undefined) return;
    this.#failingSince = undefined;
    this.#leaderMayReturnUntil = monotonicNow(this.#context.clock) + RETURN_MS;
  }

  /** Tells the log who leads, once for each leader. */
  async #standBy(): Promise<undefined> {
    const { election, logger } = this.#context;
    const leader = await this.#currentLeader();
    if (leader === undefined || leader === this.#otherLeader) return;
    this.#otherLeader = leader;
    logger.info('feed_lead_elsewhere', {
      feed: election.feed,
      election: election.name,
      leader: describeOwner(leader),
    });
  }

  /**
   * While the store cannot be reached, the leader that it named last counts as the leader. Where that may have been
   * this process, the policy decides. One that has just started never knows: with `deliver` it works, and so may
   * another one, but no feed posts before it has asked the store what was seen.
   *
   * @throws {SeenStoreClosedError} when the store was closed.
   */
  async #withoutStore(askedAt: number, error: unknown): Promise<Tenure | undefined> {
    const { election, clock, logger, onStoreError, tellOfFailingStore } = this.#context;
    if (!isStoreFault(error)) throw error;
    if (this.#failingSince === undefined)
      logger.warn('feed_lead_unconfirmed', { feed: election.feed, election: election.name, error });
    this.#failingSince ??= askedAt;
    const isOutage = monotonicNow(clock) - this.#failingSince >= OUTAGE_MS;
    if (!isOutage || this.#otherLeader !== undefined) return undefined;
    if (onStoreError() === 'deliver') return new Tenure(election, clock);
    await tellOfFailingStore(error);
    return undefined;
  }
}
