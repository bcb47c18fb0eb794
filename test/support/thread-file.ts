export { threadMark } from '../../scripts/thread-mark.ts';

/** The program of the writer thread in tests: see `thread-bundle.ts`. */
export const threadFile = (): URL => new URL('../../node_modules/.cache/writer-thread.mjs', import.meta.url);
