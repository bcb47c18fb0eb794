import { styleText } from 'node:util';

import { count, listFirst, row } from '../format.ts';
import { isValid, type ChaosReport, type WrongPost } from './checker.ts';
import { excuses, type Excuse } from './delays.ts';
import { troubles, type TroubleKind } from './plan-disturbances.ts';
import { meanings, steps } from './protocol.ts';
import type { Progress } from './run.ts';

export function describeProgress({ kills, items, posts }: Progress, planned: number): string {
  return `${count(kills)} of ${count(planned)} kills · ${count(items)} items · ${count(posts)} posts`;
}

/** Describes the report for a person. */
export function describeReport(report: ChaosReport): string {
  return [
    '',
    ...describeKills(report),
    '',
    ...describeDisturbances(report),
    '',
    ...describeWork(report),
    '',
    ...describeFaults(report),
    verdict(report),
    '',
  ].join('\n');
}

function describeKills({ kills }: ChaosReport): string[] {
  const { total, process, thread, everything, moments } = kills;
  const rows = [...steps, 'random' as const].map((step) => row(moments[step] ?? 0, meanings[step]));
  return [
    styleText('bold', `${count(total)} kills`),
    ...rows,
    ...(moments.overdue === undefined
      ? []
      : [row(moments.overdue, 'at no step: it was not reached in time, and the target was killed anyway')]),
    `  ${count(process)} of a process, ${count(thread)} of a single thread, ` +
      `${count(everything)} of every process at once`,
  ];
}

function describeDisturbances({ clockSteps, troubles: counts, changedMessages }: ChaosReport): string[] {
  const kinds = (Object.keys(troubles) as TroubleKind[]).filter((kind) => counts[kind] !== undefined);
  return [
    styleText('bold', 'Disturbances'),
    row(clockSteps.all, 'times all clocks were set wrong by up to an hour, and right again'),
    row(clockSteps.one, 'times the clock of a single process was'),
    ...kinds.map((kind) => row(counts[kind] ?? 0, `times a channel was ${troubles[kind]}`)),
    row(changedMessages.previews, 'messages that got a link preview'),
    row(changedMessages.hidden, 'messages whose embeds were hidden'),
  ];
}

function describeWork(report: ChaosReport): string[] {
  return [
    styleText('bold', `Seed ${report.seed}, design ${report.design}`),
    row(report.items, 'items'),
    row(report.posts, `posts, of ${count(report.expectedPosts)}: an item may go to two channels`),
    row(report.duplicates.length, 'duplicates'),
    row(report.losses.length, 'losses'),
    row(report.outOfOrder.length, 'items out of order in a channel'),
    ...describeOvertaken(report),
    row(report.unfinished.length, 'items that are not delivered according to the store'),
    row(
      report.paid,
      `enrichments, ${count(report.paidAgain)} of them repeated because the first was lost with its client`,
    ),
    row(report.paidForNothing.length, 'items enriched again for no such reason'),
    row(report.requests, `requests to Discord, ${count(report.discordFaults)} of which failed`),
    row(report.repeatedByNonce, 'requests for a message that existed already'),
    row(report.lookups, 'searches of a channel for such a message'),
    row(report.deadLettersReplayed, 'dead letters replayed'),
  ];
}

function describeOvertaken({ overtaken }: ChaosReport): string[] {
  const reasons = (Object.keys(excuses) as Excuse[]).filter((excuse) => overtaken[excuse] !== undefined);
  return reasons.map((excuse) => row(overtaken[excuse] ?? 0, `items overtaken because ${excuses[excuse]}`));
}

function describeFaults(report: ChaosReport): string[] {
  const { duplicates, losses, outOfOrder, problems, paidForNothing, unfinished } = report;
  const lines = [
    ...duplicates.map((fault) => `posted ${fault.postedAt.length} times: ${describeWrong(fault)}`),
    ...losses.map((fault) => `lost: ${describeWrong(fault)}`),
    ...outOfOrder.map(({ late, early, channel }) => `out of order in channel ${channel}: ${late} came after ${early}`),
    ...unfinished.map((id) => `not finished: ${id}`),
    ...paidForNothing.map((id) => `enriched again for no reason: ${id}`),
    ...problems,
  ];
  return listFirst(lines);
}

function describeWrong({ item, channel, postedAt, entry }: WrongPost): string {
  const state =
    entry === null
      ? 'not in the ledger'
      : `${entry.state}, attempt ${entry.attempts}, ${entry.lastError ?? 'no error'}`;
  return `${item} in channel ${channel} (${state})${postedAt.map((time) => `\n    ${time}`).join('')}`;
}

function verdict(report: ChaosReport): string {
  if (isValid(report)) return styleText('green', '✔ Every item was posted exactly once, and in order.');
  const { duplicates, losses, outOfOrder, seed } = report;
  const found = `${duplicates.length} duplicates, ${losses.length} losses, ${outOfOrder.length} out of order`;
  return styleText('red', `✘ ${found}. Repeat with --seed ${seed}.`);
}
