import { styleText } from 'node:util';

import { count, listFirst, row } from '../format.ts';
import type { ChaosReport, WrongPost } from './checker.ts';
import { excuses, type Excuse } from './delays.ts';
import { troubles, type TroubleKind } from './plan-disturbances.ts';
import { brokenPromises } from './promises.ts';
import { meanings, steps } from './protocol.ts';
import type { ResumedMs } from './resumption.ts';
import type { Progress } from './run.ts';
import { serverFaults, type ServerFault } from './server-nemeses.ts';

export function describeProgress({ kills, perMinute, items, posts }: Progress, planned: number): string {
  const killed = `${count(kills)} of ${count(planned)} kills, ${count(Math.round(perMinute))} a minute`;
  return `${killed} · ${count(items)} items · ${count(posts)} posts`;
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
    ...listFirst(findingsOf(report)),
    verdict(report),
    '',
  ].join('\n');
}

function describeKills({ kills }: ChaosReport): string[] {
  const { total, process, thread, everything, moments, perMinute } = kills;
  const rows = [...steps, 'random' as const].map((step) => row(moments[step] ?? 0, meanings[step]));
  return [
    styleText('bold', `${count(total)} kills, ${count(Math.round(perMinute))} a minute`),
    ...rows,
    ...(moments.overdue === undefined
      ? []
      : [row(moments.overdue, 'at no step: it was not reached in time, and the target was killed anyway')]),
    `  ${count(process)} of a process, ${count(thread)} of a single thread, ` +
      `${count(everything)} of every process at once`,
  ];
}

function describeDisturbances(report: ChaosReport): string[] {
  const { clockSteps, troubles: counts, changedMessages } = report;
  const faults = (Object.keys(serverFaults) as ServerFault[]).filter((fault) => report.serverFaults[fault]);
  const kinds = (Object.keys(troubles) as TroubleKind[]).filter((kind) => counts[kind] !== undefined);
  return [
    styleText('bold', 'Disturbances'),
    row(clockSteps.all, 'times all clocks were set wrong by up to an hour, and right again'),
    row(clockSteps.one, 'times the clock of a single process was'),
    ...kinds.map((kind) => row(counts[kind] ?? 0, `times a channel was ${troubles[kind]}`)),
    row(changedMessages.previews, 'messages that got a link preview'),
    row(changedMessages.hidden, 'messages whose embeds were hidden'),
    ...(report.pauses > 0
      ? [row(report.pauses, 'times the process of a leader was stopped for longer than its lease')]
      : []),
    ...faults.map((fault) => row(report.serverFaults[fault] ?? 0, serverFaults[fault])),
  ];
}

function describeWork(report: ChaosReport): string[] {
  return [
    styleText('bold', `Seed ${report.seed}, design ${report.design}, ${report.backend}`),
    row(report.items, 'items'),
    row(report.posts, `posts, of ${count(report.expectedPosts)}: an item may go to two channels`),
    row(report.duplicates.length, 'duplicates'),
    row(report.losses.length, 'losses'),
    row(report.outOfOrder.length, 'items out of order in a channel'),
    ...describeOvertaken(report),
    row(report.unfinished.length, 'items that are not delivered according to the store'),
    row(
      report.paid,
      `enrichments, ${count(report.paidAgain)} of them repeated because the first was lost with its client, or could not be saved`,
    ),
    row(report.paidForNothing.length, 'items enriched again for no such reason'),
    row(report.requests, `requests to Discord, ${count(report.discordFaults)} of which failed`),
    row(report.repeatedByNonce, 'requests for a message that existed already'),
    row(report.lookups, 'searches of a channel for such a message'),
    row(report.deadLettersReplayed, 'dead letters replayed'),
    ...describeResumption(report),
    ...describePolling(report),
  ];
}

function describePolling(report: ChaosReport): string[] {
  const { p50, p99, longest } = report.takeoverMs;
  if (report.polls === 0) return [];
  const polls = [
    row(report.polls, `polls of the source, in ${count(report.terms)} terms of leaders`),
    row(report.polledTogether.length, 'polls by which two clients polled at once'),
    row(report.unpolled.length, 'times nobody polled for long, although a client lived'),
  ];
  if (p50 === null || p99 === null || longest === null) return polls;
  const times = `milliseconds until another client polled in place of one that had ended, in half of the cases`;
  return [...polls, row(p50, times), row(p99, 'milliseconds in 99 of 100 cases'), row(longest, 'milliseconds at most')];
}

function describeResumption({ resumedMs }: ChaosReport): string[] {
  return [
    ...describeTimes(resumedMs.process, 'until an item of a killed process went on'),
    ...describeTimes(resumedMs.thread, 'until an item of a killed thread did, whose process lived on with its leases'),
    row(resumedMs.open, 'killed clients of whose items none went on before the end, which are in no time'),
    row(resumedMs.leftOut, 'clients with items that were killed with all others, which are in no time'),
  ];
}

function describeTimes({ p50, p99 }: ResumedMs, text: string): string[] {
  if (p50 === null || p99 === null) return [];
  return [row(p50, `milliseconds ${text}, in half of the cases`), row(p99, 'milliseconds in 99 of 100 cases')];
}

function describeOvertaken({ overtaken }: ChaosReport): string[] {
  const reasons = (Object.keys(excuses) as Excuse[]).filter((excuse) => overtaken[excuse] !== undefined);
  return reasons.map((excuse) => row(overtaken[excuse] ?? 0, `items overtaken because ${excuses[excuse]}`));
}

/** Describes everything that should not be, a line for each case. */
export function findingsOf(report: ChaosReport): string[] {
  const { duplicates, losses, outOfOrder, problems, paidForNothing, unfinished, strangers } = report;
  return [
    ...problems,
    ...duplicates.map((fault) => `posted ${fault.postedAt.length} times: ${describeWrong(fault)}`),
    ...losses.map((fault) => `lost: ${describeWrong(fault)}`),
    ...outOfOrder.map(({ late, early, channel }) => `out of order in channel ${channel}: ${late} came after ${early}`),
    ...unfinished.map((id) => `not finished: ${id}`),
    ...paidForNothing.map((id) => `enriched again for no reason: ${id}`),
    ...(strangers > 0 ? [`posts that belong to no item: ${count(strangers)}`] : []),
    ...report.polledTogether,
    ...report.unpolled,
  ];
}

function describeWrong({ item, channel, postedAt, entry }: WrongPost): string {
  const state =
    entry === null
      ? 'not in the ledger'
      : `${entry.state}, attempt ${entry.attempts}, ${entry.lastError ?? 'no error'}`;
  return `${item} in channel ${channel} (${state})${postedAt.map((time) => `\n    ${time}`).join('')}`;
}

function verdict(report: ChaosReport): string {
  const broken = brokenPromises(report);
  if (broken.length > 0) return styleText('red', `✘ ${broken.join(', ')}. Repeat with --seed ${report.seed}.`);
  const kept = report.mayForget
    ? `No item was posted twice. ${count(report.losses.length)} were lost with commits that had not reached the standby.`
    : 'Every item was posted exactly once, and in order.';
  return styleText('green', `✔ ${kept}`);
}
