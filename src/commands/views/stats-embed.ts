import { EmbedBuilder, time, TimestampStyles } from 'discord.js';

import type { CycleCounts } from '../../store/contract/cycles.ts';
import type { Leader } from '../../store/contract/leadership.ts';
import type { Incident } from '../../store/contract/incidents.ts';
import type { SeenStats } from '../../store/contract/seen-store.ts';
import { processOfOwner } from '../../store/owner.ts';
import { bar } from '../text/bar.ts';
import { countOf } from '../text/count-of.ts';
import { inlineCode } from '../text/inline-code.ts';
import { serverFields } from './server-fields.ts';
import { spendingText } from './spending-text.ts';

const COLOUR = 0x57_f2_87;
const MAX_LINES = 10;

/**
 * Builds the reply to `/seen stats`.
 *
 * @param incidents The incidents that go on. Their reasons are for operators, and left out.
 * @param leaders The present leaders.
 */
export function statsEmbed(
  stats: SeenStats,
  incidents: readonly Incident[] = [],
  leaders: readonly Leader[] = [],
): EmbedBuilder {
  const { rows, oldest, newest, fileBytes, walBytes, ttlDays, today, lastCycle, ledger, spending } = stats;
  return new EmbedBuilder()
    .setColor(COLOUR)
    .setTitle('Seen store')
    .addFields(
      { name: 'Remembered', value: `**${count(rows)}** ${rows === 1 ? 'id' : 'ids'}`, inline: true },
      { name: 'Oldest', value: moment(oldest), inline: true },
      { name: 'Newest', value: moment(newest), inline: true },
      { name: 'Database', value: bytes(fileBytes), inline: true },
      ...(walBytes === undefined ? [] : [{ name: 'Write-ahead log', value: bytes(walBytes), inline: true }]),
      { name: 'Forgets after', value: describeTtl(ttlDays), inline: true },
      ...serverFields(stats),
      { name: 'Today (UTC)', value: describeCounts(today) },
      ...(spending.length === 0 ? [] : [{ name: 'Enrichment today (UTC)', value: spendingText(spending) }]),
      {
        name: 'Last cycle',
        value:
          lastCycle === null
            ? 'none yet'
            : `${inlineCode(lastCycle.feed)} ${moment(lastCycle.finishedAt)}\n${describeCounts(lastCycle)}`,
      },
      {
        name: 'On their way',
        value: `${count(ledger.active)} in progress · ${count(ledger.waiting)} waiting for a retry · **${count(ledger.failed)}** failed`,
      },
      ...(leaders.length === 0 ? [] : [{ name: 'Led by', value: describeLeaders(leaders) }]),
      ...(incidents.length === 0 ? [] : [{ name: 'Failing', value: describeIncidents(incidents) }]),
    );
}

function describeIncidents(incidents: readonly Incident[]): string {
  return listed(incidents.map(({ subject, since }) => `${inlineCode(subject, 50)} since ${moment(since)}`));
}

function describeLeaders(leaders: readonly Leader[]): string {
  return listed(
    leaders.map(({ name, leader, electedAt }) => {
      const { host, process = '' } = processOfOwner(leader);
      return `${inlineCode(name, 30)}: ${inlineCode(host, 30)}, process ${inlineCode(process, 10)}, since ${moment(electedAt)}`;
    }),
  );
}

function listed(all: readonly string[]): string {
  const lines = all.slice(0, MAX_LINES);
  const more = all.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${count(more)} more`] : [])].join('\n');
}

function describeTtl(days: number): string {
  if (days === Infinity) return 'never';
  return countOf(days, 'day');
}

function describeCounts({ total, skipped, enriched, posted, marked, failed, held }: CycleCounts): string {
  if (total === 0) return 'nothing listed';
  const share = skipped / total;
  const rare = [
    [marked, 'marked without a post'],
    // An item that is tried again and again counts each time.
    [failed, failed === 1 ? 'attempt failed' : 'attempts failed'],
    [held, 'held back'],
  ] as const;
  return [
    `${bar(share)} **${Math.floor(share * 100)} %** skipped as seen`,
    [
      `${count(total)} listed`,
      `${count(skipped)} skipped`,
      `${count(enriched)} enriched`,
      `${count(posted)} posted`,
      ...rare.filter(([value]) => value > 0).map(([value, what]) => `${count(value)} ${what}`),
    ].join(' · '),
  ].join('\n');
}

function moment(date: Date | null): string {
  return date === null ? '—' : time(date, TimestampStyles.RelativeTime);
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function bytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = size === 0 ? 0 : Math.min(Math.floor(Math.log2(size) / 10), units.length - 1);
  const value = size / 2 ** (10 * power);
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
