import { styleText } from 'node:util';

import { isMet, type Measurement } from '../case.ts';
import type { CaseResult } from './results.ts';

/** Describes the results for a person: a block for each case, a line for each measurement. */
export function describeResults(results: readonly CaseResult[]): string {
  const labels = results.flatMap(({ measurements, unmeasured }) => [...measurements, ...unmeasured]);
  const width = Math.max(...labels.map(({ label }) => label.length), 0);
  return results.map((result) => describeCase(result, width)).join('\n');
}

function describeCase({ title, measurements, unmeasured }: CaseResult, width: number): string {
  return [
    '',
    styleText('bold', title),
    ...measurements.map((one) => describeLine(one, width)),
    ...unmeasured.map(({ label, missing }) => styleText('dim', `    ${label.padEnd(width)} not measured: ${missing}`)),
  ].join('\n');
}

function describeLine(measurement: Measurement, width: number): string {
  const { label, unit, detail } = measurement;
  const value = `${format(measurement.value)} ${unit}`.padStart(12);
  return `  ${mark(measurement)} ${label.padEnd(width)} ${value}  ${goalText(measurement).padEnd(10)}  ${styleText('dim', detail)}`;
}

function mark(measurement: Measurement): string {
  const met = isMet(measurement);
  if (met === undefined) return ' ';
  return met ? styleText('green', '✔') : styleText('red', '✘');
}

function goalText({ goal, unit }: Measurement): string {
  if (goal === undefined) return '';
  return `${goal.kind === 'at most' ? '≤' : '≥'} ${goal.value} ${unit}`;
}

export function format(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(value < 10 ? 2 : 1);
}

/** Tells how many goals there are, and how many of them are met. */
export function describeVerdict(results: readonly CaseResult[]): string {
  const goals = results.flatMap(({ measurements }) => measurements).filter(({ goal }) => goal !== undefined);
  const missed = goals.filter((one) => isMet(one) === false);
  if (goals.length === 0) return 'There is no goal in what was measured.';
  if (missed.length === 0) return styleText('green', `✔ All ${goals.length} goals that were measured are met.`);
  return styleText('red', `✘ ${missed.length} of ${goals.length} goals are missed.`);
}
