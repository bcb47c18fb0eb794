import { SeenStoreOpenError } from './errors.ts';
import type { Moves } from './port/transfer.ts';
import { isPostgresUrl } from './server-url.ts';

/** Refuses the use of a database that was moved away, or that a transfer has begun to fill. */
export function requireService(location: string, moves: Moves): void {
  const problem = serviceProblem(moves);
  if (problem === undefined) return;
  const remedy = 'To use this one nevertheless, run "seen migrate --reopen" on it';
  throw new SeenStoreOpenError(`The seen store ${location} is out of service: ${problem} ${remedy}.`, location);
}

/** Returns why no bot may use a database; undefined for one that it may. */
export function serviceProblem({ arrival, departure }: Moves): string | undefined {
  if (departure !== undefined) {
    const { to, at } = departure;
    const remedy = isPostgresUrl(to.location)
      ? 'Set SEEN_DB_URL to that one.'
      : 'Set SEEN_DB_PATH to that one, and unset SEEN_DB_URL, which would win.';
    return `it was moved to ${to.location} on ${dayOf(at)}. ${remedy}`;
  }
  if (arrival === undefined || arrival.isUsed) return undefined;
  const { from, endedAt, isOfRunningBot } = arrival;
  if (endedAt === null) return `an import from ${from.location} has not ended. Run it again.`;
  if (!isOfRunningBot) return undefined;
  return (
    `it was copied from ${from.location} while a bot was running on that, and lacks what the bot has posted since. Stop ` +
    'that bot, and run the import again with --move.'
  );
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
