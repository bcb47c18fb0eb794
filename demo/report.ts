import type { Message } from '../local/discord/index.ts';
import type { BotLine } from './bot-process.ts';

export interface CycleReport {
  readonly total: number;
  readonly skipped: number;
  readonly enriched: number;
  readonly posted: number;
  readonly marked: number;
}

export interface DemoReport {
  readonly cycles: readonly CycleReport[];
  /** Filings that have more than one message. */
  readonly postedTwice: number;
  /** Filings that should have a message and have none. */
  readonly lost: number;
  /** Filings that have a message although the first run was to mark them as seen. */
  readonly unasked: number;
}

export function cycleReport(line: BotLine): CycleReport {
  const { total, skipped, enriched, posted, marked } = line;
  const [listed, dropped, paid, sent, kept] = [total, skipped, enriched, posted, marked].map(Number);
  return { total: listed ?? 0, skipped: dropped ?? 0, enriched: paid ?? 0, posted: sent ?? 0, marked: kept ?? 0 };
}

/**
 * Compares the channel with the feed. The bot's own account of what it posted plays no part in it.
 *
 * @param listed The filings listed in each cycle.
 * @param firstRun The bot's instruction for the filings of the first cycle: mark, post, or the number to post.
 */
export function compareWithFeed(
  cycles: readonly CycleReport[],
  listed: readonly (readonly string[])[],
  messages: readonly Pick<Message, 'embeds'>[],
  firstRun: string,
): DemoReport {
  const posts = countPosts(messages);
  const shown = listed.slice(0, cycles.length);
  const known = new Set(toMark(firstRun, shown[0] ?? []));
  const expected = new Set(shown.flat().filter((id) => !known.has(id)));
  return {
    cycles,
    postedTwice: [...posts.values()].filter((count) => count > 1).length,
    lost: [...expected].filter((id) => !posts.has(id)).length,
    unasked: [...posts.keys()].filter((id) => !expected.has(id)).length,
  };
}

export function isExactlyOnce({ postedTwice, lost, unasked }: DemoReport): boolean {
  return postedTwice + lost + unasked === 0;
}

/** Returns the filings that the first run is to mark: all, none, or all but the newest few. */
function toMark(firstRun: string, newestFirst: readonly string[]): readonly string[] {
  if (firstRun === 'post') return [];
  return newestFirst.slice(firstRun === 'mark' ? 0 : Number(firstRun));
}

function countPosts(messages: readonly Pick<Message, 'embeds'>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of messages.flatMap(accessionOf)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** Reads the accession number in the footer, as a person would. */
function accessionOf(message: Pick<Message, 'embeds'>): string[] {
  const text = JSON.stringify(message.embeds);
  return /\d{10}-\d{2}-\d{6}/.exec(/"footer":\{[^}]*\}/.exec(text)?.[0] ?? '')?.slice(0, 1) ?? [];
}
