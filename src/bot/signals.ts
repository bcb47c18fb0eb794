import type { SeenLogger } from 'sapphire-plugin-seen/store';

/** Returns a signal that the first SIGTERM or SIGINT aborts. The second one ends the process at once. */
export function untilSignal(logger: SeenLogger): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(1);
      logger.info('bot_stopping', { signal: name });
      stopping.abort();
    });
  }
  return stopping.signal;
}
