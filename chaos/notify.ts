import { writeSync } from 'node:fs';

const STDOUT = 1;

/** Sends a notice to the parent, synchronously, so that it arrives even if the sender is killed right after. */
export function notify<Notice extends object>(notice: NoInfer<Notice>): void {
  writeSync(STDOUT, `${JSON.stringify(notice)}\n`);
}
