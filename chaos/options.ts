import { parseArgs } from 'node:util';

import { designs, type Design } from './designs.ts';

export const usage = `Kills processes and threads that deliver a feed to a Discord on this machine, and counts what came of it.

Usage: npm run chaos [-- OPTIONS]

  --kills N       kills, at every named step and at random moments   (default: 40)
  --seed S        what is killed when, and what Discord does wrong   (default: a new one, which is printed)
  --processes N   processes that deliver                             (default: 3)
  --threads N     worker threads in each                             (default: 2)
  --items N       items that the feed lists at least                 (default: 100)
  --design NAME   ours; or one that is broken on purpose, to see that this is noticed:
                  no-nonce, mark-after, mark-first                   (default: ours)
  --log FILE      write down everything that happens, a line of JSON each
  --json          end with one line of JSON
  --help          this text

The seed repeats the plan, not the scheduling of the processes: two runs of one seed differ in detail.

Exit codes: 0 when every item was posted exactly once, 1 when not, 2 for a wrong option.
`;

export interface ChaosOptions {
  readonly kills: number;
  readonly seed: number;
  readonly processes: number;
  readonly threads: number;
  readonly items: number;
  readonly design: Design;
  readonly log: string | undefined;
  readonly json: boolean;
}

/** @throws With a message that says which option is wrong. */
export function parseOptions(args: readonly string[]): ChaosOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '40' },
      seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 999_999)) },
      processes: { type: 'string', default: '3' },
      threads: { type: 'string', default: '2' },
      items: { type: 'string', default: '100' },
      design: { type: 'string', default: 'ours' },
      log: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    kills: wholeNumber('--kills', values.kills, 100_000),
    seed: wholeNumber('--seed', values.seed, 999_999_999),
    processes: wholeNumber('--processes', values.processes, 64),
    threads: wholeNumber('--threads', values.threads, 64),
    items: wholeNumber('--items', values.items, 100_000),
    design: designNamed(values.design),
    log: values.log,
    json: values.json,
  };
}

function wholeNumber(name: string, text: string, highest: number): number {
  const value = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : NaN;
  if (value <= highest) return value;
  throw new Error(`${name} must be a whole number from 1 to ${highest}, but is "${text}".`);
}

function designNamed(text: string): Design {
  const design = designs.find((name) => name === text);
  if (design !== undefined) return design;
  throw new Error(`--design must be one of ${designs.join(', ')}, but is "${text}".`);
}
