import type { ScopeReads } from '../../port/reads.ts';
import type { ScopeRow } from '../../rows.ts';
import { distinct } from '../../turns.ts';
import type { Database } from '../database.ts';
import { isOneOf } from '../id-list.ts';
import { isAnothers } from '../scope-conditions.ts';

/** The reads of the feeds' scopes. */
export function scopeReads(database: Database): ScopeReads {
  const { tables } = database;
  const { item, scope } = tables;
  const columns = 'feed, plain, inherits';

  /** A key may be any text, but no id has U+0000, which PostgreSQL does not take. */
  const exceptions = (text: string, feed: string, keys: readonly string[]): Promise<string[]> =>
    database.run('scopes.filterExceptions', async (session) => {
      const wanted = (await distinct(keys)).filter((key) => !key.includes('\0'));
      const rows = await session.rows<{ id: string }>(text, [feed, wanted]);
      const found = new Set(rows.map(({ id }) => id));
      return wanted.filter((key) => found.has(key));
    });

  return {
    findScope: (feed) =>
      database.run('scopes.find', (session) =>
        session.row<ScopeRow>(`SELECT ${columns} FROM ${scope} WHERE feed = $1`, [feed]),
      ),

    scopes: () =>
      database.run('scopes.list', async (session) => [
        ...(await session.rows<ScopeRow>(`SELECT ${columns} FROM ${scope} ORDER BY feed`)),
      ]),

    itemsOf: (feed, ids) => exceptions(`SELECT id FROM ${item} WHERE feed = $1 AND id ${isOneOf('$2')}`, feed, ids),

    itemsOfOthers: (feed, ids) =>
      exceptions(
        `SELECT id FROM ${item} AS listed WHERE id ${isOneOf('$2')} AND ${isAnothers(tables, 'listed.id')}`,
        feed,
        ids,
      ),
  };
}
