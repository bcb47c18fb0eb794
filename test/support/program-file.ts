import { basename } from 'node:path';

const cached = (path: string): URL => new URL(`../../node_modules/.cache/${path}`, import.meta.url);

/** One of the programs in `programs/`, in one file: see `bundles.ts`. */
export const programFile = (program: string): URL => cached(`programs/${basename(program, '.ts')}.mjs`);

/** The bot that the last build made, in one file: see `bundles.ts`. */
export const botFile = (): URL => cached('bot/main.mjs');
