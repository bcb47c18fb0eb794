import type { ScopeWrites } from '../../port/writes.ts';
import type { ScopeRow } from '../../rows.ts';
import { decideScope, type PlainFeed } from '../../scope-decision.ts';
import { scopedId } from '../../scoped-id.ts';
import type { Database } from '../database.ts';
import { isOneOf } from '../id-list.ts';
import { isAnothers } from '../scope-conditions.ts';
import type { Session } from '../session.ts';
import type { Tables } from '../tables.ts';

/** Ids that are looked at with one statement while the ids that a feed inherits are copied. */
const COPY_CHUNK = 2_000;

/** The feeds' scopes. Those who decide take turns, so that no two feeds become plain. */
export function scopeWrites(database: Database): ScopeWrites {
  const { scope } = database.tables;

  /** In short transactions, like a purge. Ends with an error where it was ended early: the feed has to ask again. */
  const copyInherited = async (feed: string, signal: AbortSignal | undefined): Promise<void> => {
    for await (const ids of plainIds(database)) {
      signal?.throwIfAborted();
      await copy(database, feed, ids);
    }
    signal?.throwIfAborted();
    await database.run('scopes.assign', (session) =>
      session.run(`UPDATE ${scope} SET inherits = 0 WHERE feed = $1`, [feed]),
    );
  };

  return {
    async assignScope(feed, items, { signal } = {}) {
      const row = await database.transact(
        'scopes.assign',
        'scopes',
        async (session) => (await find(session, database.tables, feed)) ?? decide(session, database, { feed, items }),
      );
      if (row.inherits === 1) await copyInherited(feed, signal);
      return { ...row, inherits: 0 };
    },
  };
}

interface Question {
  readonly feed: string;
  readonly items: readonly (readonly string[])[];
}

function find(session: Session, { scope }: Tables, feed: string): Promise<ScopeRow | undefined> {
  return session.row<ScopeRow>(`SELECT feed, plain, inherits FROM ${scope} WHERE feed = $1`, [feed]);
}

async function decide(session: Session, { tables, now }: Database, { feed, items }: Question): Promise<ScopeRow> {
  const { scope } = tables;
  const known = await findKnown(session, tables, feed, items.flat());
  const knownShare = items.filter((ids) => ids.some((id) => known.has(id))).length / items.length;
  const plain = await session.row<PlainFeed>(
    `SELECT evidence, abs(${now} - assigned_at) AS "ageMs" FROM ${scope} WHERE plain = 1`,
  );
  const { isPlain, evidence, inherits } = decideScope({ plain, hasIds: await hasIds(session, tables), knownShare });
  const row = { feed, plain: Number(isPlain), inherits: Number(inherits) };
  await session.run(
    `INSERT INTO ${scope} (feed, plain, inherits, evidence, assigned_at) VALUES ($1, $2, $3, $4, ${now})`,
    [feed, row.plain, row.inherits, evidence],
  );
  // The ids that were there have found their owner: no third feed inherits them.
  if (inherits) await session.run(`UPDATE ${scope} SET evidence = 1 WHERE plain = 1`);
  return row;
}

async function hasIds(session: Session, { item, seen }: Tables): Promise<boolean> {
  const text = `SELECT EXISTS (SELECT FROM ${seen}) OR EXISTS (SELECT FROM ${item}) AS "hasIds"`;
  return (await session.row<{ hasIds: boolean }>(text))?.hasIds === true;
}

/** The ids under which an item is known. What another feed has claimed is not this one's. */
async function findKnown(
  session: Session,
  { item, seen }: Tables,
  feed: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await session.rows<{ id: string }>(
    `SELECT id FROM ${item} WHERE feed = $1 AND id ${isOneOf('$2')}
     UNION ALL
     SELECT id FROM ${seen}
     WHERE id ${isOneOf('$2')} AND NOT EXISTS (SELECT FROM ${item} WHERE seen_item.id = seen.id)`,
    [feed, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The ids that are not scoped, a part at a time, in the order of the key. */
async function* plainIds(database: Database): AsyncGenerator<readonly string[]> {
  const text = `SELECT id FROM ${database.tables.seen} WHERE id > $1 ORDER BY id LIMIT ${COPY_CHUNK}`;
  let last: string | undefined = '';
  while (last !== undefined) {
    const after: string = last;
    const rows = await database.run('scopes.assign', (session) => session.rows<{ id: string }>(text, [after]));
    yield rows.map(({ id }) => id).filter((id) => !id.includes('\u001F'));
    last = rows.at(-1)?.id;
  }
}

/**
 * Copies the ids that may be the feed's own: all but those that another feed has claimed. An id that was forgotten
 * since it was listed is not copied.
 */
async function copy(database: Database, feed: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { tables } = database;
  const { seen } = tables;
  await database.run('scopes.assign', (session) =>
    session.run(
      `INSERT INTO ${seen} (id, ts)
       SELECT own.id, seen.ts FROM unnest($2::text[], $3::text[]) AS own (key, id) JOIN ${seen} ON seen.id = own.key
       WHERE seen.id ${isOneOf('$2')} AND NOT ${isAnothers(tables, 'seen.id')} ORDER BY own.id COLLATE "C"
       ON CONFLICT DO NOTHING`,
      [feed, ids, ids.map((id) => scopedId(feed, id))],
    ),
  );
}
