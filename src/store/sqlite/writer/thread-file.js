// scripts/build.ts writes this file anew for each build: CommonJS has no import.meta, and a build has one bundled file.

/** Finds the program of a store's threads, beside this module. */
export const threadFile = () => new URL('../thread.ts', import.meta.url);

/** The text that this program begins with. */
export const threadMark = "// The program of a store's threads, ";
