import { writeSync } from 'node:fs';

const STDOUT = 1;

/** Pause before a line is written again that the parent had no room for, in milliseconds. */
const RETRY_MS = 1;

/** Sends a notice to the parent, synchronously, so that it arrives even if the sender is killed right after. */
export function notify<Notice extends object>(notice: NoInfer<Notice>): void {
  let left = Buffer.from(`${JSON.stringify(notice)}\n`);
  while (left.length > 0) left = left.subarray(write(left));
}

/** Writes what the parent has room for, and returns its length. A parent on a busy machine may be slow to read. */
function write(bytes: Buffer): number {
  try {
    return writeSync(STDOUT, bytes);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    return 0;
  }
}
