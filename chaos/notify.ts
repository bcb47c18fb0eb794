import { writeSync } from 'node:fs';

import type { Notice } from './protocol.ts';

const STDOUT = 1;

/** Sends a notice to the parent, synchronously, so that it arrives even if the thread ends right after. */
export function notify(notice: Notice): void {
  writeSync(STDOUT, `${JSON.stringify(notice)}\n`);
}
