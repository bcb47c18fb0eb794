import { count } from '../format.ts';
import type { ChaosReport } from './checker.ts';

/** Lists the promises that a run broke, with the number of cases of each. Empty for a valid run. */
export function brokenPromises(report: ChaosReport): string[] {
  const { duplicates, losses, outOfOrder, unfinished, paidForNothing, problems } = report;
  const always: readonly (readonly [number, string])[] = [
    [duplicates.length, 'posted twice'],
    [report.strangers, 'posts of no item'],
    [problems.length, 'unexplained'],
  ];
  const unlessForgotten: readonly (readonly [number, string])[] = [
    [losses.length, 'lost'],
    [outOfOrder.length, 'out of order'],
    [unfinished.length, 'not finished'],
    [paidForNothing.length, 'enriched again for no reason'],
    [report.polledTogether.length, 'polled together'],
    [report.unpolled.length, 'times without a poll for long'],
  ];
  const cases = [...always, ...(report.mayForget ? [] : unlessForgotten)];
  return cases.flatMap(([number, text]) => (number > 0 ? [`${count(number)} ${text}`] : []));
}
