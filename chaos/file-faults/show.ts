import { styleText } from 'node:util';

import { count, listFirst, row } from '../format.ts';
import { faultKinds, meanings } from './plan.ts';
import { isValid, type FileFaultsReport } from './report.ts';
import type { Progress } from './run.ts';

/** Violations of each kind that are described. */
const SHOWN_OF_A_KIND = 3;

export function describeProgress({ faults, operations }: Progress, planned: number): string {
  return `${count(faults)} of ${count(planned)} faults · ${count(operations)} operations`;
}

/** Describes the report for a person. */
export function describeReport(report: FileFaultsReport): string {
  return [
    '',
    ...describeFaults(report),
    '',
    ...describeWork(report),
    '',
    ...describeFindings(report),
    verdict(report),
    '',
  ].join('\n');
}

/** The problems first: a client that has crashed explains what follows. */
function describeFindings({ problems, violations }: FileFaultsReport): string[] {
  const found = Object.entries(violations).flatMap(([kind, lines]: [string, readonly string[]]) =>
    listFirst(
      lines.map((line) => `${kind}: ${line}`),
      SHOWN_OF_A_KIND,
    ),
  );
  return [...listFirst(problems), ...found];
}

function describeFaults({ faults }: FileFaultsReport): string[] {
  const total = Object.values(faults).reduce((sum, number) => sum + number, 0);
  const rows = faultKinds.map((kind) => row(faults[kind] ?? 0, meanings[kind]));
  return [styleText('bold', `${count(total)} faults`), ...rows];
}

function describeWork(report: FileFaultsReport): string[] {
  const { violations, refused, events } = report;
  const twice =
    violations.committedTwice.length + violations.grantedTwice.length + violations.grantedAfterCommit.length;
  return [
    styleText('bold', `Seed ${report.seed}, design ${report.design}`),
    row(report.operations, `operations${describeTally(' refused: ', refused)}`),
    row(report.marked, `ids marked, ${count(violations.lostMarks.length)} of them lost`),
    row(report.committed, `items committed, ${count(violations.lostCommits.length)} of them lost`),
    row(violations.forgotten.length, 'ids that the process which had marked them did not find again'),
    row(twice, 'items granted or committed twice'),
    row(violations.unfenced.length, 'late changes accepted'),
    row(violations.lostClaims.length, 'changes of a live claim refused'),
    row(violations.tokens.length, 'tokens repeated or falling'),
    row(report.excused, 'marks and commits answered while a copy was made and put in place: they may be gone'),
    row(report.deliveredAgain, `deliveries repeated by a later owner, of ${count(report.delivered)}`),
    `  The stores logged${describeTally(' ', events)}`,
  ];
}

function describeTally(prefix: string, tally: Readonly<Record<string, number>>): string {
  const parts = Object.entries(tally).map(([name, number]) => `${count(number)} ${name}`);
  return parts.length === 0 ? '' : `,${prefix}${parts.join(', ')}`;
}

function verdict(report: FileFaultsReport): string {
  if (isValid(report)) return styleText('green', '✔ Nothing acknowledged was lost, and nothing was granted twice.');
  const found = Object.values(report.violations).reduce((sum, lines) => sum + lines.length, report.problems.length);
  return styleText('red', `✘ ${count(found)} findings. Repeat with --file-faults --seed ${report.seed}.`);
}
