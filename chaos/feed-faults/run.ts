import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ChaosOptions } from '../options.ts';
import type { RunExtras } from '../run-extras.ts';
import type { FeedKind } from './plan.ts';
import { runSeed, type SeedReport } from './run-seed.ts';

/** The options of a run that faults the feed. */
export type FeedFaultsOptions = Pick<ChaosOptions, 'seed' | 'seeds' | 'design'> & {
  /** Kinds of feed to choose from. Default: all. */
  readonly kinds?: readonly FeedKind[];
};

export interface Progress {
  readonly seeds: number;
  readonly requests: number;
}

export interface FeedFaultsReport {
  readonly seed: number;
  readonly design: ChaosOptions['design'];
  readonly runs: readonly SeedReport[];
}

/** Runs one seed after the other, each with a feed, an EDGAR, a store and a Discord of its own. */
export async function runFeedFaults(
  { seed: first, seeds, design, kinds }: FeedFaultsOptions,
  { history, listener, signal = new AbortController().signal }: RunExtras<Progress>,
): Promise<FeedFaultsReport> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'seen-chaos-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const runs: SeedReport[] = [];
  for (let seed = first; seed < first + seeds; seed += 1) {
    signal.throwIfAborted();
    const run = await runSeed({ seed, design, folder, signal, ...(kinds === undefined ? {} : { kinds }) });
    history.write(run);
    runs.push(run);
    listener?.onProgress({ seeds: runs.length, requests: sumOf(runs, ({ requests }) => requests) });
  }
  listener?.onHealed();
  return { seed: first, design, runs };
}

export function sumOf(runs: readonly SeedReport[], read: (run: SeedReport) => number): number {
  return runs.reduce((sum, run) => sum + read(run), 0);
}

export function isValid({ runs }: FeedFaultsReport): boolean {
  return runs.every(({ violations }) =>
    Object.values(violations).every((found: readonly string[]) => found.length === 0),
  );
}
