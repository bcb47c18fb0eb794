import { styleText } from 'node:util';

import { count, listFirst, row } from '../format.ts';
import { recordedBase } from './base-feeds.ts';
import { feedKinds } from './plan.ts';
import { isValid, sumOf, type FeedFaultsReport, type Progress } from './run.ts';
import type { SeedReport } from './run-seed.ts';

/** Violations of each kind that are described. */
const SHOWN_OF_A_KIND = 3;

export function describeProgress({ seeds, requests }: Progress, planned: number): string {
  return `${count(seeds)} of ${count(planned)} seeds · ${count(requests)} requests`;
}

/** Describes the report for a person. */
export function describeReport(report: FeedFaultsReport): string {
  const { runs, seed, design } = report;
  return [
    '',
    styleText('bold', `Seeds ${seed} to ${seed + runs.length - 1}, design ${design}`),
    ...describeFeeds(runs),
    '',
    ...describeWork(runs),
    '',
    ...describeFindings(runs),
    verdict(report),
    '',
  ].join('\n');
}

function describeFeeds(runs: readonly SeedReport[]): string[] {
  const missing = '  The recorded crawls are not beside the project: every feed was generated.';
  const kinds = Object.entries(feedKinds).map(([name, text]) =>
    row(runs.filter(({ kind }) => kind === name).length, text),
  );
  return recordedBase() === undefined ? [...kinds, missing] : kinds;
}

function describeWork(runs: readonly SeedReport[]): string[] {
  const faults = new Map<string, number>();
  for (const [fault, number] of runs.flatMap((run) => [...run.faults])) {
    faults.set(fault, (faults.get(fault) ?? 0) + number);
  }
  const tally = [...faults].map(([fault, number]) => `${count(number)} ${fault}`).join(', ');
  return [
    row(
      sumOf(runs, ({ requests }) => requests),
      `requests, with faults: ${tally}`,
    ),
    row(
      sumOf(runs, ({ faulty }) => faulty),
      'crawls that met faults',
    ),
    row(
      sumOf(runs, ({ completed }) => completed),
      'of them complete',
    ),
    row(
      sumOf(runs, ({ partial }) => partial),
      'filings that a crawl called partial',
    ),
    row(
      sumOf(runs, ({ posts }) => posts),
      'filings posted',
    ),
    row(
      sumOf(runs, ({ postedTorn }) => postedTorn),
      'of them without a party, after they had waited for it',
    ),
  ];
}

function describeFindings(runs: readonly SeedReport[]): string[] {
  const found = runs.flatMap(({ seed, violations }) =>
    Object.entries(violations).flatMap(([kind, lines]: [string, readonly string[]]) =>
      lines.map((line) => ({ kind, line: `${kind}: seed ${seed}: ${line}` })),
    ),
  );
  const kinds = [...Map.groupBy(found, ({ kind }) => kind).values()];
  return kinds.flatMap((all) =>
    listFirst(
      all.map(({ line }) => line),
      SHOWN_OF_A_KIND,
    ),
  );
}

function verdict(report: FeedFaultsReport): string {
  if (isValid(report))
    return styleText('green', '✔ Nothing old was posted, nothing lost, and every complete crawl was.');
  const broken = report.runs.filter((run) => !isValid({ ...report, runs: [run] })).map(({ seed }) => seed);
  const [first] = broken;
  return styleText('red', `✘ ${count(broken.length)} seeds broke a promise. Repeat with --seeds 1 --seed ${first}.`);
}
