import { SeenInputError, SeenStoreOpenError } from '../errors.ts';
import type { Admit, FoundDatabase, TransferSource } from '../port/transfer.ts';
import type { Arrival, DatabaseName } from '../rows.ts';

/** The terms of a transfer into a database. */
interface ImportTerms {
  /** Replaces whatever the database has. */
  readonly isReplacing: boolean;
  /** Unix time in milliseconds. */
  readonly at: number;
}

/**
 * Admits a transfer into a database, unless somebody would lose something by it: it is new, or has what the same source
 * brought and no bot has used since, or was moved to the source and now comes back.
 */
export function admitImport(source: Pick<TransferSource, 'database' | 'isInUse'>, terms: ImportTerms): Admit {
  return (found) => {
    const { database: from, isInUse } = source;
    if (from.location === found.database.location) throw new SeenInputError(`${from.location} is the source itself.`);
    if (!terms.isReplacing && !isAdmitted(found, from))
      throw new SeenStoreOpenError(refusalOf(found), found.database.location);
    const { id, location } = from;
    const isOfRunningBot = isInUse && from.backend !== 'jsonl';
    const arrival: Arrival = {
      from: { id, location },
      begunAt: terms.at,
      endedAt: null,
      isOfRunningBot,
      isUsed: false,
    };
    return { arrival, departure: found.moves.departure };
  };
}

function isAdmitted({ isEmpty, moves: { arrival, departure } }: FoundDatabase, from: DatabaseName): boolean {
  if (isEmpty || (departure !== undefined && isSame(departure.to, from))) return true;
  return arrival !== undefined && !arrival.isUsed && isSame(arrival.from, from);
}

/** A file of an earlier program has no id; a copy of a file has that of the file. */
function isSame(one: Pick<DatabaseName, 'id' | 'location'>, other: Pick<DatabaseName, 'id' | 'location'>): boolean {
  return one.id === '' || other.id === '' ? one.location === other.location : one.id === other.id;
}

function refusalOf({ database, moves: { arrival, departure } }: FoundDatabase): string {
  const { location } = database;
  const remedy = 'Nothing was changed. Name another database or, if all that it has may go, add --replace.';
  if (departure !== undefined)
    return `${location} was moved to ${departure.to.location}, not to this source. ${remedy}`;
  if (arrival !== undefined && !arrival.isUsed)
    return `${location} has what was imported from ${arrival.from.location}, which is another database. ${remedy}`;
  return `${location} has been used by a bot, and what it remembers would be lost. ${remedy}`;
}

/**
 * Admits the move away from a database.
 *
 * @param at Unix time in milliseconds.
 */
export function admitDeparture(to: DatabaseName, at: number): Admit {
  return ({ database, moves }) => {
    const { departure } = moves;
    if (departure === undefined || departure.to.location === to.location) {
      return { ...moves, departure: { to: { id: to.id, location: to.location }, at } };
    }
    const message =
      `${database.location} was moved to ${departure.to.location} already. Move that one on, or put this one back into ` +
      'service: seen migrate --reopen';
    throw new SeenStoreOpenError(message, database.location);
  };
}
