import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { recordedFeed, type FeedSource } from '../local/edgar/index.ts';

export const usage = `Runs the real bot for a few cycles, against an EDGAR, a Discord and a language model on this machine.

Usage: npm run demo [-- OPTIONS]

  --cycles N         cycles to run                                   (default: 3)
  --filings N        filings that the generated feed lists           (default: 150)
  --seed N           the generated feed                              (default: 1)
  --edgar DIR        replay recorded crawls: the folders in DIR, in order, one a cycle
  --first-run WHAT   mark, post, or a number of filings to post      (default: mark)
  --json             end with one line of JSON
  --help             this text

Exit codes: 0 when every filing was posted exactly once, 1 when not, 2 for a wrong option.
`;

export interface DemoOptions {
  readonly cycles: number;
  readonly filings: number;
  readonly seed: number;
  /** Undefined: a generated feed. */
  readonly edgar: FeedSource | undefined;
  readonly firstRun: string;
  readonly json: boolean;
}

/** The progress display shows a line for each. */
const MOST_CYCLES = 1_000;

/** @throws With a message that says which option is wrong. */
export function parseOptions(args: readonly string[]): DemoOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cycles: { type: 'string', default: '3' },
      filings: { type: 'string', default: '150' },
      seed: { type: 'string', default: '1' },
      edgar: { type: 'string' },
      'first-run': { type: 'string', default: 'mark' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    cycles: wholeNumber('--cycles', values.cycles, MOST_CYCLES),
    filings: wholeNumber('--filings', values.filings),
    seed: wholeNumber('--seed', values.seed),
    edgar: recorded(values.edgar),
    firstRun: firstRun(values['first-run']),
    json: values.json,
  };
}

function wholeNumber(name: string, text: string, most = 999_999_999): number {
  if (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= most) return Number(text);
  throw new Error(`${name} must be a whole number from 1 to ${most}, but is "${text}".`);
}

function firstRun(text: string): string {
  if (/^(mark|post|\d{1,6})$/.test(text)) return text;
  throw new Error(`--first-run must be mark, post or a number, but is "${text}".`);
}

function recorded(path: string | undefined): FeedSource | undefined {
  if (path === undefined) return undefined;
  if (!existsSync(path)) throw new Error(`--edgar: there is no folder ${path}.`);
  try {
    return recordedFeed(path);
  } catch (cause) {
    throw new Error(`--edgar: ${path} holds no recorded crawl.`, { cause });
  }
}
