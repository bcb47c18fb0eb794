import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runProgram } from '../scripts/program.ts';
import { StageProgress } from '../scripts/stage-progress.ts';
import { untilStopped } from '../scripts/stop.ts';
import type { ConsumerCase } from './case.ts';
import { cases } from './cases/index.ts';
import { timingCases } from './cases/timing.ts';
import { program, type ConsumersOptions } from './options.ts';
import { pack } from './pack.ts';
import { runCases, type CaseResult } from './run.ts';
import { describeCases, describeMatrix } from './show.ts';
import { forgiven } from './support/second-attempt.ts';

/** One more than two cores can run, since there is always a case that waits for the registry. */
const AT_ONCE = 3;

async function tryConsumers(options: ConsumersOptions): Promise<number> {
  const chosen = choose(options);
  if (options.list === true) {
    console.log(describeCases(chosen));
    return 0;
  }
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'seen-consumers-')));
  try {
    const results = await packAndRun(chosen, root, options);
    if (options.keep === true) console.log(`The folders are kept in ${root}.`);
    console.log(describeMatrix(results, forgiven));
    return results.some(({ result }) => result === 'failed') ? 1 : 0;
  } finally {
    if (options.keep !== true) rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Returns the cases that the options ask for. @throws When there is none. */
function choose({ only, quick, timing }: ConsumersOptions): readonly ConsumerCase[] {
  const all = timing === true ? timingCases : cases;
  const asked = all.filter((found) => isAsked(found, only));
  if (asked.length === 0) throw new Error('No case is called so: see npm run consumers -- --list.');
  const chosen = asked.filter(({ isQuick }) => quick !== true || isQuick);
  if (chosen.length === 0) throw new Error('None of these cases is quick: leave out --quick.');
  return chosen;
}

function isAsked({ group, name }: ConsumerCase, only: readonly string[] | undefined): boolean {
  return only === undefined || only.some((text) => (isGroup(text) ? group === text : name.includes(text)));
}

function isGroup(text: string): boolean {
  return cases.some(({ group }) => group === text);
}

async function packAndRun(
  chosen: readonly ConsumerCase[],
  root: string,
  { build, timing }: ConsumersOptions,
): Promise<readonly CaseResult[]> {
  const signal = untilStopped();
  const progress = new StageProgress(['Packing the package', 'Using it']);
  async function work(): Promise<readonly CaseResult[]> {
    const tarball = await pack(root, { build, signal });
    progress.finish('Packed the package');
    return await runCases(chosen, {
      tarball,
      root,
      signal,
      atOnce: timing === true ? 1 : AT_ONCE,
      ...reporter(progress, chosen.length),
    });
  }
  return await progress.show(work());
}

/** Tells the progress of the cases: how many have ended, and which are under way. */
function reporter(progress: StageProgress, total: number) {
  const underWay = new Set<string>();
  let ended = 0;
  const show = (): void => progress.update(`${ended} of ${total} · ${[...underWay].join(' · ')}`, ended / total);
  return {
    onStart({ group, name }: ConsumerCase): void {
      underWay.add(`${group}: ${name}`);
      show();
    },
    onEnd({ group, name }: CaseResult): void {
      underWay.delete(`${group}: ${name}`);
      ended += 1;
      show();
    },
  };
}

process.exitCode = await runProgram(program, tryConsumers);
// A case that did not end when it was told to must not keep the program from ending.
setTimeout(() => process.exit(), 5_000).unref();
