import { basename } from 'node:path';

const cached = (path: string): URL => new URL(`../../node_modules/.cache/${path}`, import.meta.url);

/** One of the programs in `programs/`, in one file: see `bundles.ts`. */
export const programFile = (program: string): URL => cached(`programs/${basename(program, '.ts')}.mjs`);

/** A module of the bot that the last build made, with all that it imports in few files: see `bundles.ts`. */
export const bundledBotModule = (module: string): URL => cached(`bot/${module}.mjs`);

/** The main module of the bot that the last build made. */
export const botFile = (): URL => bundledBotModule('main');
