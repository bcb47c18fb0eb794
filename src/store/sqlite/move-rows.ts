import type { Database } from 'better-sqlite3';

import { toMoveRows, toMoves, type MoveRow } from '../move-rows.ts';
import type { Moves } from '../port/transfer.ts';
import type { DatabaseName } from '../rows.ts';

/** The name of the database. */
export function readName(db: Database, location: string): DatabaseName {
  const id = db.prepare<[], string>('SELECT id FROM seen_database').pluck().get();
  return { backend: 'sqlite', id: id ?? '', location };
}

export function prepareReadMoves(db: Database): () => Moves {
  const all = db.prepare<[], MoveRow>('SELECT * FROM seen_move');
  return () => toMoves(all.all());
}

/** Replaces the marks. Only inside a transaction. */
export function saveMoves(db: Database, moves: Moves): void {
  db.exec('DELETE FROM seen_move');
  const insert = db.prepare<[MoveRow]>(
    `INSERT INTO seen_move (direction, peer_id, peer, begun_at, ended_at, running, used)
     VALUES (@direction, @peer_id, @peer, @begun_at, @ended_at, @running, @used)`,
  );
  for (const row of toMoveRows(moves)) insert.run(row);
}
