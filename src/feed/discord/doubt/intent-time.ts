import type { PostRecord } from '../../../store/contract/claims.ts';
import { NONCE_WINDOW_MS } from '../message/nonce.ts';
import { REQUEST_TIMEOUT_MS } from '../rest/ask.ts';
import type { Stretch } from './history.ts';

/** Time after which a request has ended, and no other one settles it any more, in milliseconds. */
export const SETTLED_MS = NONCE_WINDOW_MS + REQUEST_TIMEOUT_MS;
/** Greatest expected error of a time that Discord has told, and that was carried on since. */
const SKEW_MS = 60_000;
/** A request that left at the intent's time has arrived by then, or never will. */
const LATEST_ARRIVAL_MS = 15 * 60_000;
/** Greatest expected error of a machine's clock: a day, for a wrong date, and some hours for a wrong time zone. */
const UNCERTAIN_MS = 26 * 3_600_000;

/** When a request was about to leave: by Discord's clock where that was known, by the machine's in any case. */
export type IntentTime = Pick<PostRecord, 'intentAt' | 'discordAt'>;

/** The present moment on both clocks, in milliseconds since the Unix epoch. */
export interface Present {
  readonly machine: number;
  /** Undefined while it is not known. */
  readonly discord: number | undefined;
}

/** Tells whether a request may still be on its way, or be settled by a repeated one. */
export function isUnderWay({ intentAt, discordAt }: IntentTime, { machine, discord }: Present): boolean {
  const age =
    discordAt !== null && discord !== undefined ? discord - discordAt.getTime() : machine - intentAt.getTime();
  // A time that lies further ahead was told by a clock that was wrong.
  return age > -UNCERTAIN_MS && age < SETTLED_MS;
}

/**
 * The stretch of Discord's time in which the request may have arrived.
 *
 * The time of an intent that only the machine's clock told may be as wrong as that clock: it was right then, or as wrong
 * as it is now, or has been set right since.
 */
export function arrivalOf({ intentAt, discordAt }: IntentTime, { machine, discord = machine }: Present): Stretch {
  if (discordAt !== null) {
    const at = discordAt.getTime();
    return { from: at - SKEW_MS, to: at + SKEW_MS + LATEST_ARRIVAL_MS };
  }
  const at = intentAt.getTime();
  return { from: Math.min(at, at + discord - machine, discord) - UNCERTAIN_MS, to: Infinity };
}
