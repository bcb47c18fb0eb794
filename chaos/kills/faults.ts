import type { Fault, FaultPlan, IncomingRequest } from '../../local/discord/index.ts';
import { Random } from '../../local/random.ts';
import type { Delays } from './delays.ts';

/** More than the four attempts of discord.js, so that some faults reach the bot. */
const LONGEST_STREAK = 6;

/** Seeded faults of the local Discord: they begin at one request in eight, and go on for the same message. */
export class DiscordFaults {
  readonly #random: Random;
  readonly #streaks = new Map<string, { fault: Fault; left: number }>();
  readonly #delays: Delays;
  #enabled = true;
  count = 0;

  constructor(seed: number, delays: Delays) {
    this.#random = new Random(seed ^ 0xd15c);
    this.#delays = delays;
  }

  /** Ends the faults. */
  heal(): void {
    this.#enabled = false;
  }

  readonly plan: FaultPlan = (request) => {
    if (!this.#enabled) return undefined;
    const fault = this.#next(subjectOf(request));
    if (fault === undefined) return undefined;
    this.count += 1;
    this.#delays.requestFailed(request);
    return fault;
  };

  #next(subject: string): Fault | undefined {
    const streak = this.#streaks.get(subject);
    if (streak !== undefined && streak.left > 0) {
      streak.left -= 1;
      // One message may fail in several ways: first applied without an answer, then refused, for example.
      if (this.#random.chance(0.3)) streak.fault = pickFault(this.#random);
      return streak.fault;
    }
    if (!this.#random.chance(0.125)) return undefined;
    const fault = pickFault(this.#random);
    this.#streaks.set(subject, { fault, left: this.#random.between(0, LONGEST_STREAK) });
    return fault;
  }
}

/** Identifies the message that a request is about, or else the kind of request. */
function subjectOf({ method, path, body }: IncomingRequest): string {
  const nonce = typeof body === 'object' && body !== null && 'nonce' in body ? String(body.nonce) : '';
  return `${method} ${path} ${nonce}`;
}

function pickFault(random: Random): Fault {
  const applied = random.chance(0.6);
  return random.weighted<Fault>([
    [{ kind: 'applied-then-500' }, 30],
    [{ kind: 'status', status: 503, body: 'upstream connect error' }, 10],
    [{ kind: 'timeout', applied }, 15],
    [{ kind: 'disconnect', applied }, 20],
    [rateLimit(random.between(1, 20)), 15],
    [{ kind: 'status', status: 429, body: 'You are being rate limited' }, 10],
    [{ kind: 'status', status: 403, body: { code: 50_001, message: 'Missing Access' } }, 6],
  ]);
}

function rateLimit(seconds: number): Fault {
  const body = { message: 'You are being rate limited.', retry_after: seconds, global: false };
  return {
    kind: 'status',
    status: 429,
    body,
    headers: { 'retry-after': String(seconds), 'x-ratelimit-scope': 'user' },
  };
}
