import { systemClock, type Clock } from '../../src/store/index.ts';

export const DAY_MS = 86_400_000;
export const NOON = Date.UTC(2026, 10, 24, 12);

export interface SettableClock extends Clock {
  set(to: number): void;
  advance(ms: number): void;
}

/** A clock that stands still until it is set. Its sleeps are real: only pauses of a few milliseconds use them. */
export function settableClock(now = NOON): SettableClock {
  let time = now;
  return {
    now: () => time,
    sleep: systemClock.sleep,
    set: (to) => void (time = to),
    advance: (ms) => void (time += ms),
  };
}
