import { run } from '../../src/cli/run.ts';
import type { CommandContext } from '../../src/cli/context.ts';
import { noticeLogger } from '../../src/cli/notices.ts';
import { systemClock } from '../../src/store/index.ts';
import type { CommandOutcome } from './seen-command.ts';

/** Runs the command `seen` in this process, which is much sooner done than in one of its own. Paths are absolute. */
export async function seenInProcess(
  args: readonly string[],
  given: Partial<Pick<CommandContext, 'env' | 'signal' | 'clock' | 'screen'>> = {},
): Promise<CommandOutcome> {
  const [printed, complained]: [string[], string[]] = [[], []];
  const complain = (line: string): void => void complained.push(`${line}\n`);
  const exitCode = await run(args, {
    clock: systemClock,
    env: {},
    logger: noticeLogger(complain),
    signal: new AbortController().signal,
    screen: { write: (text) => void complained.push(text) },
    print: (line) => void printed.push(`${line}\n`),
    complain,
    ...given,
  });
  return { exitCode, stdout: printed.join(''), stderr: complained.join('') };
}
