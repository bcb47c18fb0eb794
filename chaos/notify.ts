import { writeSync } from 'node:fs';

import type { Notice } from './protocol.ts';

const STDOUT = 1;

/** Tells the parent, at once: a thread that dies right after this has still said it. */
export function notify(notice: Notice): void {
  writeSync(STDOUT, `${JSON.stringify(notice)}\n`);
}
