import { relative } from 'node:path';

import { StageProgress } from '../scripts/stage-progress.ts';
import { untilStopped } from '../scripts/stop.ts';
import * as feedFaults from './feed-faults/show.ts';
import { isValid as readsFeed, runFeedFaults, type Progress as FeedFaultsProgress } from './feed-faults/run.ts';
import { planFaults } from './file-faults/plan.ts';
import { isValid as keepsFile } from './file-faults/report.ts';
import { runFileFaults, type Progress as FileFaultsProgress } from './file-faults/run.ts';
import * as fileFaults from './file-faults/show.ts';
import { History } from './history.ts';
import { isKept, KeptRun } from './kept-run.ts';
import { planRun } from './kills/plan.ts';
import { brokenPromises } from './kills/promises.ts';
import { runChaos, type Progress as KillProgress } from './kills/run.ts';
import * as kills from './kills/show.ts';
import type { ChaosOptions } from './options.ts';
import type { RunExtras } from './run-extras.ts';
import { sourceVersion } from './source-version.ts';
import { writeSummary } from './summary.ts';

interface Conclusion {
  readonly report: object;
  /** The report for a person. */
  readonly text: string;
  readonly isValid: boolean;
}

/**
 * Does what the options say, and shows it.
 *
 * @returns The exit code.
 */
export async function causeChaos(options: ChaosOptions): Promise<number> {
  if (options.summary === true) {
    console.log(writeSummary());
    return 0;
  }
  console.log(`Seed ${options.seed}`);
  const { report, text, isValid } = await conclude(options);
  console.log(text);
  if (options.json) console.log(JSON.stringify(report));
  return isValid ? 0 : 1;
}

function conclude(options: ChaosOptions): Promise<Conclusion> {
  if (options.feedFaults === true) return faultFeed(options);
  return options.fileFaults === true ? faultFiles(options) : killClients(options);
}

async function faultFeed(options: ChaosOptions): Promise<Conclusion> {
  const planned = options.seeds;
  const report = await showProgress(options, ['Polling', 'Comparing'], {
    run: (extras: RunExtras<FeedFaultsProgress>) => runFeedFaults(options, extras),
    describe: (progress) => feedFaults.describeProgress(progress, planned),
    partDone: (progress) => progress.seeds / planned,
  });
  return { report, text: feedFaults.describeReport(report), isValid: readsFeed(report) };
}

async function killClients(options: ChaosOptions): Promise<Conclusion> {
  const planned = options.kills;
  const kept = isKept(options) ? KeptRun.begin(options, sourceVersion()) : undefined;
  const running = showProgress(options, ['Killing', 'Letting the survivors finish'], {
    run: (extras: RunExtras<KillProgress>) => runChaos(options, planRun(options), kept?.follow(extras) ?? extras),
    describe: (progress) => kills.describeProgress(progress, planned),
    partDone: (progress) => progress.kills / planned,
  });
  const report = await running.catch((error: unknown) => {
    kept?.fail(error);
    throw error;
  });
  const file = kept?.end(report);
  const told = file === undefined ? '' : `Kept in ${relative('.', file)}: npm run chaos -- --summary sums it up.\n`;
  const isValid = brokenPromises(report).length === 0;
  return { report, text: `${kills.describeReport(report)}${told}`, isValid };
}

async function faultFiles(options: ChaosOptions): Promise<Conclusion> {
  const planned = options.faults;
  const report = await showProgress(options, ['Damaging', 'Letting the clients finish'], {
    run: (extras: RunExtras<FileFaultsProgress>) => runFileFaults(options, planFaults(options), extras),
    describe: (progress) => fileFaults.describeProgress(progress, planned),
    partDone: (progress) => progress.faults / planned,
  });
  return { report, text: fileFaults.describeReport(report), isValid: keepsFile(report) };
}

interface Shown<Progress, Report> {
  run(extras: RunExtras<Progress>): Promise<Report>;
  describe(progress: Progress): string;
  /** Returns the part of the faults that is done, from 0 to 1. */
  partDone(progress: Progress): number;
}

async function showProgress<Progress, Report>(
  { log }: ChaosOptions,
  stages: readonly [causing: string, healed: string],
  { run, describe, partDone }: Shown<Progress, Report>,
): Promise<Report> {
  using history = new History(log);
  const stageProgress = new StageProgress(stages);
  let latest = '';
  const listener = {
    onProgress(progress: Progress): void {
      latest = describe(progress);
      stageProgress.update(latest, partDone(progress));
    },
    onHealed: () => stageProgress.finish(`${stages[0]}: ${latest}`),
  };
  return await stageProgress.show(run({ history, listener, signal: untilStopped() }));
}
