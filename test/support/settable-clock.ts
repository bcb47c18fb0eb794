import { systemClock, type Clock } from '../../src/store/index.ts';
import { NOON } from './times.ts';

/** A clock whose time is what a test says, while its sleeps are real: only pauses of a few milliseconds use them. */
export interface SettableClock extends Clock {
  set(to: number): void;
  advance(ms: number): void;
}

/** Starts at `NOON` if nothing else is said. */
export function settableClock(now = NOON): SettableClock {
  let time = now;
  return {
    now: () => time,
    sleep: systemClock.sleep,
    set: (to) => void (time = to),
    advance: (ms) => void (time += ms),
  };
}
