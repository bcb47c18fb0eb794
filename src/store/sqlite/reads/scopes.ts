import type { Database } from 'better-sqlite3';

import type { ScopeReads } from '../../port/reads.ts';
import type { ScopeRow } from '../../rows.ts';
import { isAnothers } from '../scope-conditions.ts';
import { readInChunks } from './chunks.ts';
import type { ReadConnection } from './connection.ts';

/** The reads of the feeds' scopes. */
export function scopeReads(connection: ReadConnection): ScopeReads {
  const statements = connection.statements(prepare);

  return {
    async findScope(feed) {
      return connection.read('scopes.find', () => statements().find.get(feed));
    },

    async scopes() {
      return connection.read('scopes.list', () => statements().list.all());
    },

    itemsOf: (feed, ids) =>
      readInChunks(connection, 'scopes.filterExceptions', ids, (chunk) => statements().own.all({ feed, chunk })),

    itemsOfOthers: (feed, ids) =>
      readInChunks(connection, 'scopes.filterExceptions', ids, (chunk) => statements().anothers.all({ feed, chunk })),
  };
}

function prepare(db: Database) {
  return {
    find: db.prepare<[feed: string], ScopeRow>('SELECT feed, plain, inherits FROM seen_scope WHERE feed = ?'),
    list: db.prepare<[], ScopeRow>('SELECT feed, plain, inherits FROM seen_scope ORDER BY feed'),
    own: db
      .prepare<[{ feed: string; chunk: string }], string>(
        'SELECT atom FROM json_each(@chunk) JOIN seen_item ON seen_item.id = atom WHERE seen_item.feed = @feed',
      )
      .pluck(),
    anothers: db
      .prepare<[{ feed: string; chunk: string }], string>(
        `SELECT atom FROM json_each(@chunk) WHERE ${isAnothers('atom')}`,
      )
      .pluck(),
  };
}
