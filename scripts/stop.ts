import { once } from 'node:events';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The reason for which a program ended early; `exitCode` is 128 plus the number of the signal. */
class ProgramStopped extends Error {
  readonly exitCode: number;

  constructor(reason: string, exitCode: number, options?: ErrorOptions) {
    super(`Stopped: ${reason}.`, options);
    this.exitCode = exitCode;
  }
}

/**
 * Returns a signal that aborts with a `ProgramStopped` when the process is told to end, or when nobody reads its output
 * any more. The next signal ends the process at once.
 */
export function untilStopped(): AbortSignal {
  const stopping = new AbortController();
  for (const name of SIGNALS) {
    const exitCode = 128 + constants.signals[name];
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(exitCode);
      stopping.abort(new ProgramStopped(name, exitCode));
    });
  }
  process.stdout.on('error', (cause) => stopping.abort(new ProgramStopped('nobody reads its output', 1, { cause })));
  return stopping.signal;
}

/** Rejects with the signal's reason once it aborts. */
export async function whenAborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}
