import type { SeenLogger } from 'sapphire-plugin-seen/store';

/** Aborts on the first SIGTERM or SIGINT. The second one ends the process at once, for whoever cannot wait. */
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
