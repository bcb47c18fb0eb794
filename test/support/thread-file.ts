export { threadMark } from '../../scripts/thread-mark.ts';

const cached = (name: string): URL => new URL(`../../node_modules/.cache/${name}`, import.meta.url);

/** The program of a store's threads in tests: see `bundles.ts`. */
export const threadFile = (): URL => cached('writer-thread.cjs');

/** The program of the threads that are kept for the next store: see `kept-threads.ts`. */
export const keptThreadFile = (): URL => cached('kept-thread.cjs');
