import type { CycleCounts } from '../../store/contract/cycles.ts';
import type { Incident } from '../../store/contract/incidents.ts';
import type { Leader } from '../../store/contract/leadership.ts';
import type { DatabaseHealth, SeenStats } from '../../store/contract/seen-store.ts';
import { describeOwner } from '../../store/owner.ts';
import { durationText } from './duration-text.ts';
import { count } from './count.ts';
import { table } from './table.ts';

interface ShownStats extends SeenStats {
  readonly leaders: readonly Leader[];
  readonly incidents: readonly Incident[];
  /** Why no bot may use the database; null for one that it may. */
  readonly outOfService: string | null;
}

/** The statistics, a line for each. Times are in UTC. */
export function statsText(stats: ShownStats): string {
  const {
    backend,
    location,
    rows,
    oldest,
    newest,
    fileBytes,
    walBytes = 0,
    today,
    lastCycle,
    ledger,
    spending,
  } = stats;
  const { health, leaders, incidents, outOfService } = stats;
  return table([
    ['Database', `${location} (${backend})`],
    ...(outOfService === null ? [] : [['Out of service', outOfService] as const]),
    ['Size', `${megabytes(fileBytes)}${walBytes > 0 ? `, and a log of ${megabytes(walBytes)}` : ''}`],
    ...(health === undefined ? [] : healthLines(health)),
    ['Remembered', `${count(rows)} ${rows === 1 ? 'id' : 'ids'}`],
    ['Oldest', moment(oldest)],
    ['Newest', moment(newest)],
    ['Today', describeCounts(today)],
    ['Last cycle', lastCycle === null ? 'none yet' : `${lastCycle.feed} at ${moment(lastCycle.finishedAt)}`],
    ['Items', `${count(ledger.active)} in progress, ${count(ledger.waiting)} waiting, ${count(ledger.failed)} failed`],
    ...leaders.map(
      ({ name, leader, electedAt }) =>
        [`Leader of ${name}`, `${describeOwner(leader)}, since ${moment(electedAt)}`] as const,
    ),
    ...spending.map(
      ({ feed, requests, tokens }) =>
        [`Spent on ${feed}`, `${count(requests)} requests, ${count(tokens)} tokens`] as const,
    ),
    ...incidents.map(
      ({ subject, since, reason }) => [`Failing: ${subject}`, `since ${moment(since)}: ${reason}`] as const,
    ),
  ]);
}

function healthLines({ deadRows, oldestTransactionMs, vacuumedAgoMs }: DatabaseHealth): [string, string][] {
  const vacuumed = vacuumedAgoMs === null ? 'never' : `${durationText(vacuumedAgoMs)} ago`;
  const oldest = oldestTransactionMs === null ? 'none that is seen' : `open for ${durationText(oldestTransactionMs)}`;
  return [
    ['Dead rows', `${count(deadRows)} wait for a vacuum; the last one of the table of claims: ${vacuumed}`],
    ['Oldest transaction', oldest],
  ];
}

function describeCounts({ total, skipped, enriched, posted, marked, failed, held }: CycleCounts): string {
  const others = [
    [marked, 'marked without a post'],
    [failed, 'attempts failed'],
    [held, 'held back'],
  ] as const;
  const shown = others.filter(([value]) => value > 0).map(([value, what]) => `, ${count(value)} ${what}`);
  return `${count(total)} listed, ${count(skipped)} skipped, ${count(enriched)} enriched, ${count(posted)} posted${shown.join('')}`;
}

function moment(date: Date | null): string {
  return date === null ? 'none' : date.toISOString();
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
