import {
  cappedFeed,
  randomFaults,
  startLocalEdgar,
  TimedFeed,
  type EdgarRequest,
  type Fault,
  type LocalEdgar,
} from '../../local/edgar/index.ts';
import { Random } from '../../local/random.ts';
import { answerIn, type Outage } from './outage.ts';
import { POLL_MS, type Plan } from './plan.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** Faults of 30 requests in a hundred, by their weights. */
const FAULTS = {
  share: 0.3,
  faults: [
    ['unavailable', 8],
    ['reset', 5],
    ['hang', 1],
    ['second-late', 7],
    ['poll-late', 4],
    ['empty', 2],
    ['short', 2],
    ['truncated', 2],
  ],
} as const;

/** The time limit of a request, in milliseconds. */
export const REQUEST_MS = 30_000;

const LAG_MS: Readonly<Partial<Record<Fault, number>>> = { 'second-late': 1000, 'poll-late': POLL_MS };

/** A local EDGAR with a feed that changes with the time, of whose requests a share goes wrong. */
export class FaultyEdgar implements AsyncDisposable {
  readonly feed: TimedFeed;
  readonly faults = new Map<Fault, number>();
  requests = 0;
  /** The oldest state of the feed that an answer since `beginCrawl` may have shown, as its time. */
  oldestState = Infinity;
  isFaulty = true;
  /** The outage that hits every request of this crawl; undefined for none. */
  outage: Outage | undefined;
  readonly #clock: SimulatedClock;
  readonly #random: Random;
  readonly #draw: () => Fault | undefined;
  #server!: LocalEdgar;

  private constructor(plan: Plan, clock: SimulatedClock) {
    this.#clock = clock;
    this.#random = new Random(plan.seed + 1_000_000);
    this.#draw = randomFaults(this.#random, FAULTS);
    this.feed = new TimedFeed({ entries: plan.entries, clock, pollMs: POLL_MS });
  }

  static async start(plan: Plan, clock: SimulatedClock): Promise<FaultyEdgar> {
    const edgar = new FaultyEdgar(plan, clock);
    edgar.#server = await startLocalEdgar({
      feed: plan.rowsOfPage === undefined ? edgar.feed : cappedFeed(edgar.feed, plan.rowsOfPage),
      faults: (request) => edgar.#answer(request),
      clock,
    });
    return edgar;
  }

  get baseUrl(): string {
    return this.#server.baseUrl;
  }

  beginCrawl(): void {
    this.oldestState = Infinity;
  }

  /** Time passes with each request, so that the feed changes during a crawl. */
  #answer(request: EdgarRequest): Fault | undefined {
    this.requests += 1;
    this.#clock.advance(this.#random.between(100, 400));
    const fault = this.#faultFor(request);
    if (fault === 'hang') this.#clock.expire(REQUEST_MS);
    if (fault !== undefined) this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    this.oldestState = Math.min(this.oldestState, this.#clock.now() - ((fault && LAG_MS[fault]) ?? 0));
    return fault;
  }

  #faultFor(request: EdgarRequest): Fault | undefined {
    if (this.outage !== undefined) return answerIn(this.outage, request);
    return this.isFaulty ? this.#draw() : undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.close();
  }
}
