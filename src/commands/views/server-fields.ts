import type { APIEmbedField } from 'discord.js';

import { DAY_MS } from '../../store/clock.ts';
import type { DatabaseHealth, SeenStats } from '../../store/contract/seen-store.ts';
import { countOf } from '../text/count-of.ts';
import { inlineCode } from '../text/inline-code.ts';

/** Fewer rows than this are on their way with every busy hour, and gone with the next vacuum. */
const MANY_DEAD_ROWS = 10_000;
/** A transaction that is older than this, in milliseconds, is none of a program that works as it should. */
const LONG_TRANSACTION_MS = 300_000;

const units = [
  ['day', DAY_MS],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** The fields about a database server. A database that is a file has none. */
export function serverFields({ location, health }: Pick<SeenStats, 'location' | 'health'>): APIEmbedField[] {
  if (health === undefined) return [];
  const problems = problemsOf(health);
  return [
    { name: 'Server', value: inlineCode(location) },
    ...(problems.length === 0 ? [] : [{ name: 'Worth a look', value: problems.join('\n') }]),
  ];
}

function problemsOf({ deadRows, oldestTransactionMs, vacuumedAgoMs }: DatabaseHealth): string[] {
  const isLong = oldestTransactionMs !== null && oldestTransactionMs >= LONG_TRANSACTION_MS;
  const vacuumed = vacuumedAgoMs === null ? 'has never been vacuumed' : `was last vacuumed ${ageOf(vacuumedAgoMs)} ago`;
  return [
    ...(deadRows < MANY_DEAD_ROWS
      ? []
      : [`**${deadRows.toLocaleString('en')}** dead rows wait for a vacuum. The table of claims ${vacuumed}.`]),
    ...(isLong
      ? [`A transaction has been open for **${ageOf(oldestTransactionMs)}**. No vacuum can free what it may still see.`]
      : []),
  ];
}

function ageOf(ms: number): string {
  const [unit, size] = units.find(([, least]) => ms >= least * 2) ?? ['second', 1_000];
  return countOf(Math.floor(ms / size), unit);
}
