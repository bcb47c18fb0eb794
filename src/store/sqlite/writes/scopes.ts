import type { Database } from 'better-sqlite3';

import type { ScopeWrites } from '../../port/writes.ts';
import type { ScopeRow } from '../../rows.ts';
import { decideScope, type PlainFeed } from '../../scope-decision.ts';
import { prepareForRanges, prepareKeyAfter, walkKeys } from '../key-walk.ts';
import { isAnothers } from '../scope-conditions.ts';
import type { WriteContext } from './context.ts';
import { defineScopedId } from './scoped-id.ts';

/** Ids that are looked at in one transaction while the ids that a feed inherits are copied. */
const COPY_CHUNK = 2_000;

/** The feeds' scopes. One transaction decides, so that no two feeds become plain. */
export function scopeWrites({ db, now, transact, pause }: WriteContext): ScopeWrites {
  const statements = prepare(db);
  const copyIn = prepareCopy(db);
  const keyAfter = prepareKeyAfter(db, 'seen', COPY_CHUNK);

  /** In short transactions, like a purge. Ends with an error where it was ended early: the feed has to ask again. */
  const copyInherited = async (feed: string, signal: AbortSignal | undefined): Promise<void> => {
    for await (const range of walkKeys(keyAfter, signal)) {
      const copied = await transact(() => copyIn(range).run({ ...range, feed }).changes);
      if (copied > 0) await pause();
    }
    signal?.throwIfAborted();
    await transact(() => void statements.inherited.run(feed));
  };

  return {
    async assignScope(feed, items, { signal } = {}) {
      const scope = await transact(
        () => statements.find.get(feed) ?? decide(statements, { feed, items, now: Math.floor(now()) }),
      );
      if (scope.inherits === 1) await copyInherited(feed, signal);
      return { ...scope, inherits: 0 };
    },
  };
}

type Statements = ReturnType<typeof prepare>;

interface Question {
  readonly feed: string;
  readonly items: readonly (readonly string[])[];
  readonly now: number;
}

function decide(statements: Statements, { feed, items, now }: Question): ScopeRow {
  const known = statements.countKnown.get({ feed, items: JSON.stringify(items) }) ?? 0;
  const knownShare = known / items.length;
  const plain = statements.plain.get({ now });
  const { isPlain, evidence, inherits } = decideScope({ plain, hasIds: statements.hasIds.get() === 1, knownShare });
  const row = { feed, plain: Number(isPlain), inherits: Number(inherits) };
  statements.insert.run({ ...row, evidence, now });
  if (inherits) statements.closeQuestion.run();
  return row;
}

function prepare(db: Database) {
  return {
    find: db.prepare<[feed: string], ScopeRow>('SELECT feed, plain, inherits FROM seen_scope WHERE feed = ?'),
    plain: db.prepare<[{ now: number }], PlainFeed>(
      'SELECT evidence, abs(@now - assigned_at) AS ageMs FROM seen_scope WHERE plain = 1',
    ),
    hasIds: db.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM seen) OR EXISTS (SELECT 1 FROM seen_item)').pluck(),
    /** An item is known under any of its ids. What another feed has claimed is not this one's. */
    countKnown: db
      .prepare<[{ feed: string; items: string }], number>(
        `SELECT count(*) FROM json_each(@items) AS item WHERE EXISTS (
           SELECT 1 FROM json_each(item.value) AS one LEFT JOIN seen_item ON seen_item.id = one.value
           WHERE seen_item.feed = @feed
              OR (seen_item.id IS NULL AND EXISTS (SELECT 1 FROM seen WHERE seen.id = one.value)))`,
      )
      .pluck(),
    insert: db.prepare<[ScopeRow & { evidence: number | null; now: number }]>(
      `INSERT INTO seen_scope (feed, plain, inherits, evidence, assigned_at)
       VALUES (@feed, @plain, @inherits, @evidence, @now)`,
    ),
    /** The ids that were there have found their owner: no third feed inherits them. */
    closeQuestion: db.prepare<[]>('UPDATE seen_scope SET evidence = 1 WHERE plain = 1'),
    inherited: db.prepare<[feed: string]>('UPDATE seen_scope SET inherits = 0 WHERE feed = ?'),
  };
}

/** Copies the ids that may be the feed's own: all but those that are scoped, and those that another feed has claimed. */
function prepareCopy(db: Database) {
  defineScopedId(db);
  return prepareForRanges('seen', (isInRange) =>
    db.prepare(
      `INSERT INTO seen (id, ts)
       SELECT scoped_id(@feed, seen.id), seen.ts FROM seen
       WHERE ${isInRange} AND instr(seen.id, char(31)) = 0 AND NOT ${isAnothers('seen.id')}
       ON CONFLICT DO NOTHING`,
    ),
  );
}
