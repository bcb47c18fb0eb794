// scripts/build.ts writes this file anew for each build: CommonJS has no import.meta, and a build has one bundled file.
/** The program of a store's threads. */
export const threadFile = new URL('../thread.ts', import.meta.url);
