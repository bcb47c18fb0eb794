import { sleepUnlessAborted, type Clock } from '../../store/clock.ts';
import { SeenError } from '../../store/errors.ts';

/** Time that an enrichment under way has left once the bot stops, in milliseconds. It is paid for, so it is waited for. */
const GRACE_MS = 3_000;

/**
 * Makes a signal that aborts some time after the given one: the bot stops. It aborts at the same time where the item is of
 * no more use, because another process has it for example.
 *
 * @param signal One that has not aborted: after a stop, nothing is begun that could have a grace.
 * @param over Ends the watch: from then on, the signal does not abort any more.
 */
export function withGrace(signal: AbortSignal, clock: Clock, over: AbortSignal): AbortSignal {
  const late = new AbortController();
  const abort = (): void => {
    if (!over.aborted) late.abort(signal.reason);
  };
  const end = (): void => {
    if (signal.reason instanceof SeenError) abort();
    else sleepUnlessAborted(clock, GRACE_MS, over).then(abort, abort);
  };
  signal.addEventListener('abort', end, { once: true, signal: over });
  return late.signal;
}
