import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { CaseSkipped, type ConsumerCase, type ConsumerContext } from './case.ts';
import { Deadline } from './support/deadline.ts';

/** A case that takes longer hangs. */
const LONGEST_MINUTES = 8;

/** The time in which a case that is told to end has ended all that it started. */
const ENDS_WITHIN_MS = 15_000;

export type Result = 'passed' | 'skipped' | 'failed';

export interface CaseResult {
  readonly group: string;
  readonly name: string;
  readonly result: Result;
  readonly seconds: number;
  /** The note of a case that passed, the reason of one that was skipped, or the error of one that failed. */
  readonly note: string;
}

export interface RunOptions {
  readonly tarball: string;
  /** The folder in which each case gets one of its own. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** Number of cases that are run at the same time. Each starts programs of its own. */
  readonly atOnce: number;
  onStart(started: ConsumerCase): void;
  onEnd(result: CaseResult): void;
}

/** Runs the cases and returns their results in the order of the cases. */
export async function runCases(cases: readonly ConsumerCase[], options: RunOptions): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  const waiting = [...cases.entries()];
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, found] = next;
      options.onStart(found);
      const result = await runCase(found, join(options.root, `case-${index + 1}`), options);
      options.onEnd(result);
      results[index] = result;
    }
  }
  await Promise.all(Array.from({ length: options.atOnce }, work));
  return results;
}

async function runCase(found: ConsumerCase, folder: string, { tarball, signal }: RunOptions): Promise<CaseResult> {
  signal.throwIfAborted();
  mkdirSync(folder);
  const startedAt = performance.now();
  using deadline = new Deadline(
    LONGEST_MINUTES * 60_000,
    `The case took longer than ${LONGEST_MINUTES} minutes.`,
    signal,
  );
  const outcome = await tryCase(found, { tarball, folder, signal: deadline.signal });
  signal.throwIfAborted();
  return { group: found.group, name: found.name, seconds: (performance.now() - startedAt) / 1000, ...outcome };
}

async function tryCase(found: ConsumerCase, context: ConsumerContext): Promise<Pick<CaseResult, 'result' | 'note'>> {
  try {
    const note = await Promise.race([found.run(context), untilOverdue(context.signal)]);
    return { result: 'passed', note: note ?? '' };
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    return { result: error instanceof CaseSkipped ? 'skipped' : 'failed', note };
  }
}

/** Rejects with the signal's reason for a case that has not ended some time after the signal. */
async function untilOverdue(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  await setTimeout(ENDS_WITHIN_MS, undefined, { ref: false });
  throw new Error('The case was told to end, and did not.', { cause: signal.reason });
}
