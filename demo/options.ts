import { InvalidArgumentError } from '@commander-js/extra-typings';
import { existsSync } from 'node:fs';

import { recordedFeed, type FeedSource } from '../local/edgar/index.ts';
import { createProgram } from '../scripts/program.ts';
import { wholeNumber } from '../scripts/whole-number.ts';

/** The progress display shows a line for each. */
const MAX_CYCLES = 1_000;

export const program = createProgram(
  'demo',
  'Runs the real bot for a few cycles, against an EDGAR, a Discord and a language model on this machine.',
  '0 when every filing was posted exactly once, 1 when not',
)
  .option('--cycles <n>', 'cycles to run', wholeNumber(MAX_CYCLES), 3)
  .option('--filings <n>', 'filings that the generated feed lists', wholeNumber(), 150)
  .option('--seed <n>', 'seed of the generated feed', wholeNumber(), 1)
  .option('--edgar <dir>', 'replay the recorded crawls in the folders of DIR, in order, one a cycle', recordedCrawls)
  .option(
    '--first-run <what>',
    'what the first run does: mark, post, or the number of filings to post',
    firstRun,
    'mark',
  )
  .option('--json', 'end with one line of JSON');

export type DemoOptions = ReturnType<typeof program.opts>;

function firstRun(text: string): string {
  if (/^(mark|post|\d{1,6})$/.test(text)) return text;
  throw new InvalidArgumentError('It must be mark, post or a number.');
}

function recordedCrawls(path: string): FeedSource {
  if (!existsSync(path)) throw new InvalidArgumentError('There is no such folder.');
  try {
    return recordedFeed(path);
  } catch {
    throw new InvalidArgumentError('It must have sub-folders with pages like 00_count100_start0000.xml.');
  }
}
