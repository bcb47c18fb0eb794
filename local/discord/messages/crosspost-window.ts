import type { Clock } from '../../clock.ts';

const LIMIT = 10;
const WINDOW_MS = 3_600_000;

/** Counts the messages that were published in each channel within the last hour. */
export class CrosspostWindow {
  readonly #clock: Clock;
  readonly #times = new Map<string, readonly number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns the milliseconds until another message can be published in the channel; 0 when that is now. */
  waitMs(channelId: string): number {
    const times = this.#recent(channelId);
    const [oldest] = times;
    return times.length < LIMIT || oldest === undefined ? 0 : oldest + WINDOW_MS - this.#clock.now();
  }

  add(channelId: string): void {
    this.#times.set(channelId, [...this.#recent(channelId), this.#clock.now()]);
  }

  #recent(channelId: string): readonly number[] {
    const now = this.#clock.now();
    return (this.#times.get(channelId) ?? []).filter((at) => at > now - WINDOW_MS);
  }
}
