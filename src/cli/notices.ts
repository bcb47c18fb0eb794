import { textLine } from '../log/text-line.ts';
import { silentLogger, type SeenLogger } from '../store/logger.ts';

/** The command itself says, in a sentence, what ends it. */
const toldAnyway: ReadonlySet<string> = new Set(['seen_store_schema_init_failed']);

/**
 * The store's log, as a person who has typed a command wants to know it: what is wrong, in a line each.
 *
 * @param complain Writes a line for people.
 */
export function noticeLogger(complain: (line: string) => void): SeenLogger {
  const tell = (event: string, fields: object = {}): void => {
    if (!toldAnyway.has(event)) complain(event === 'seen_store_unreachable' ? outage(fields) : textLine(event, fields));
  };
  return { ...silentLogger, warn: tell, error: tell };
}

function outage(fields: { readonly location?: string; readonly reason?: string }): string {
  return `${fields.location} cannot be reached: ${fields.reason}. Trying again …`;
}
