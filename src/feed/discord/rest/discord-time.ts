import type { REST, ResponseLike } from 'discord.js';

import type { Clock } from '../../../store/clock.ts';
import { readClocks, type ClockReadings } from '../../clock-readings.ts';
import { isJson } from './foreign-refusal.ts';
import { readOwnUserId } from './own-user.ts';

/** Milliseconds by which the machine's two clocks may drift apart before neither is believed. */
const MAX_DRIFT_MS = 10_000;

const times = new WeakMap<REST, DiscordTime>();

/**
 * Discord's time, which decides what Discord decides: how long a nonce is remembered, and when a message was made. The
 * machine's clock may be hours away from it, or be set right between two attempts.
 *
 * Every answer of Discord's tells it, to the second. From there it is carried on by the monotonic clock, which nobody
 * sets; but that one stands still while the machine is suspended, so it is only believed where the machine's clock
 * agrees.
 */
export class DiscordTime {
  readonly #rest: REST;
  readonly #clock: Clock;
  #told: (ClockReadings & { readonly discord: number }) | undefined;

  private constructor(rest: REST, clock: Clock) {
    this.#rest = rest;
    this.#clock = clock;
    const makeRequest = rest.options.makeRequest.bind(rest.options);
    rest.options.makeRequest = async (url, init) => {
      const response = await makeRequest(url, init);
      this.#learn(response);
      return response;
    };
  }

  /** The time as the answers to this client tell it, from the first call on. */
  static of(rest: REST, clock: Clock): DiscordTime {
    const time = times.get(rest) ?? new DiscordTime(rest, clock);
    times.set(rest, time);
    return time;
  }

  /** Milliseconds since the Unix epoch; undefined while it is not known. */
  now(): number | undefined {
    const elapsed = this.#told && this.elapsedSince(this.#told);
    return this.#told === undefined || elapsed === undefined ? undefined : Math.floor(this.#told.discord + elapsed);
  }

  /** Returns Discord's time, and asks for something cheap first where it is not known. */
  async ask(): Promise<number | undefined> {
    const now = this.now();
    if (now !== undefined) return now;
    try {
      await readOwnUserId({ rest: this.#rest, clock: this.#clock });
    } catch {
      // A refusal tells the time as well. Whatever else is wrong, the request that follows meets it too, and reports it.
    }
    return this.now();
  }

  /** Milliseconds since a reading in this process; undefined where the machine's clocks disagree about them. */
  elapsedSince(earlier: ClockReadings): number | undefined {
    const { monotonic, wall } = readClocks(this.#clock);
    const elapsed = monotonic - earlier.monotonic;
    return Math.abs(wall - earlier.wall - elapsed) > MAX_DRIFT_MS ? undefined : elapsed;
  }

  /** Discord's answers are JSON, or empty. Others come from a proxy or a captive portal, which has a clock of its own. */
  #learn({ status, headers }: ResponseLike): void {
    const discord = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(discord) || (status !== 204 && !isJson(headers))) return;
    this.#told = { discord, ...readClocks(this.#clock) };
  }
}
