import { styleText } from 'node:util';

import type { ConsumerCase } from './case.ts';
import type { CaseResult, Result } from './run.ts';

const marks: Readonly<Record<Result, string>> = {
  passed: styleText('green', '✔'),
  skipped: styleText('yellow', '–'),
  failed: styleText('red', '✘'),
};

/**
 * Describes the results for a person: a line for each case under its group, below it the failures in full, and what
 * failed at the first attempt only.
 */
export function describeMatrix(results: readonly CaseResult[], forgiven: readonly string[]): string {
  const width = Math.max(0, ...results.map(({ name }) => name.length));
  const matrix = describeGroups(results, (result) => describeLine(result, width));
  const failures = results.filter(({ result }) => result === 'failed').flatMap(describeFailure);
  const second = forgiven.flatMap((message) => [
    '',
    styleText('yellow', 'worked, or failed again, at the second attempt'),
    message,
  ]);
  return [...matrix, ...failures, ...second, '', describeCounts(results)].join('\n');
}

/** Lists the cases for a person. */
export function describeCases(cases: readonly ConsumerCase[]): string {
  return describeGroups(cases, ({ name, isQuick }) => `  ${name}${isQuick ? ' (quick)' : ''}`).join('\n');
}

/** Returns the lines of each group below its name. */
function describeGroups<Member extends { readonly group: string }>(
  members: readonly Member[],
  describe: (member: Member) => string,
): readonly string[] {
  const groups = Map.groupBy(members, ({ group }) => group);
  return [...groups].flatMap(([group, own]) => ['', styleText('bold', group)].concat(own.map(describe)));
}

function describeLine({ name, result, seconds, note }: CaseResult, width: number): string {
  const [firstLine = ''] = note.split('\n');
  return `  ${marks[result]} ${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${firstLine}`.trimEnd();
}

function describeFailure({ group, name, note }: CaseResult): readonly string[] {
  return ['', styleText('red', `${group}: ${name}`), note];
}

function describeCounts(results: readonly CaseResult[]): string {
  const count = (result: Result): number => results.filter((own) => own.result === result).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}
