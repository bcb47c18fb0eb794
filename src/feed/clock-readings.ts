import { monotonicNow, type Clock } from '../store/clock.ts';

/** The time on both clocks: the monotonic one stands still while the machine is suspended, and the other may be set. */
export interface ClockReadings {
  readonly monotonic: number;
  readonly wall: number;
}

export function readClocks(clock: Clock): ClockReadings {
  return { monotonic: monotonicNow(clock), wall: clock.now() };
}
