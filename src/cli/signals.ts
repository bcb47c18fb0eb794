/** Aborts on SIGINT or SIGTERM. A second one ends the process at once. */
export function abortOnSignal(): AbortSignal {
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stopped.abort(new Error(`Stopped by ${name}.`)));
  }
  return stopped.signal;
}
