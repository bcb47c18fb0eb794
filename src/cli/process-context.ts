import { systemClock } from '../store/clock.ts';
import type { CommandContext } from './context.ts';
import { noticeLogger } from './notices.ts';
import { abortOnSignal } from './signals.ts';

/** The world of a command that somebody has typed. The console, unlike the streams, tolerates a reader that has gone. */
export function processContext(): CommandContext {
  return {
    clock: systemClock,
    env: process.env,
    logger: noticeLogger(complain),
    signal: abortOnSignal(),
    print: (line) => console.log(line),
    complain,
    screen: process.stderr,
  };
}

/** In the place of a line that shows progress, which comes again. */
function complain(line: string): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  console.error(line);
}
