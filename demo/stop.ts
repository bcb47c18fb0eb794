import { once } from 'node:events';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Somebody ended the demo before its end. */
export class DemoStopped extends Error {
  readonly exitCode: number;

  constructor(what: string, exitCode: number, options?: ErrorOptions) {
    super(`The demo was stopped: ${what}.`, options);
    this.exitCode = exitCode;
  }
}

/** Aborts when the demo is told to end, or when nobody reads what it says. A second signal ends it at once. */
export function untilStopped(): AbortSignal {
  const stopping = new AbortController();
  for (const name of SIGNALS) {
    const exitCode = 128 + constants.signals[name];
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(exitCode);
      stopping.abort(new DemoStopped(name, exitCode));
    });
  }
  process.stdout.on('error', (cause) => stopping.abort(new DemoStopped('nobody reads its output', 1, { cause })));
  return stopping.signal;
}

/** Rejects with the signal's reason once it aborts. */
export async function whenAborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}
