import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KeyvSqlite } from '@keyv/sqlite';
import { Keyv } from 'keyv';
import { open as openLmdb } from 'lmdb';

import { databaseOf, short, type BenchCase, type Measurement } from '../case.ts';
import { feedBatches, idOf } from '../databases/ids.ts';
import { openQuietStore } from '../databases/open.ts';
import { interleave, type Contestant } from '../measure/interleave.ts';

const ROWS = 10_000;

/** Which of the ids are unseen. */
interface Peer {
  filterUnseen(ids: readonly string[]): unknown;
  close(): Promise<void> | void;
}

/** What else a user might take. Each holds the same ids, and answers the same question in its own best way. */
const peersCase: BenchCase = {
  name: 'peers',
  title: 'The prefilter in what else a user might take',
  rows: () => [ROWS],
  run: async (input) => {
    const path = databaseOf(input, ROWS);
    const store = await openQuietStore(path);
    const peers: Readonly<Record<string, Peer>> = {
      'node:sqlite, a SELECT per id': nodeSqlite(path),
      lmdb: lmdb(join(input.folder, 'lmdb')),
      'keyv with SQLite': await keyv(join(input.folder, 'keyv.sqlite')),
    };
    const batches = feedBatches(200, ROWS);
    const batch = (round: number): string[] => batches[round % batches.length] ?? [];
    const contestants: Record<string, Contestant> = { ours: (round) => store.filterUnseen(batch(round)) };
    for (const [name, peer] of Object.entries(peers)) contestants[name] = (round) => peer.filterUnseen(batch(round));
    const times = await interleave(input.quick ? 600 : 2_000, contestants, 20);
    await Promise.all([store.close(), ...Object.values(peers).map((peer) => peer.close())]);
    return Object.keys(peers).map((name) => measurement(name, times[name] ?? 0, times['ours'] ?? 0));
  },
};

function measurement(name: string, time: number, ours: number): Measurement {
  return {
    label: `${name}, to ours`,
    value: time / ours,
    unit: '×',
    detail: `${short(ROWS)} rows: ${time.toFixed(0)} µs, ours ${ours.toFixed(0)} µs`,
    figures: { rows: ROWS, peer: time, ours },
  };
}

function nodeSqlite(path: string): Peer {
  const db = new DatabaseSync(path, { readOnly: true });
  const statement = db.prepare('SELECT 1 FROM seen WHERE id = ?');
  return {
    filterUnseen: (ids) => ids.filter((id) => statement.get(id) === undefined),
    close: () => db.close(),
  };
}

function lmdb(path: string): Peer {
  const db = openLmdb<number, string>({ path });
  db.transactionSync(() => {
    for (let n = 0; n < ROWS; n += 1) db.putSync(idOf(n), n);
  });
  return { filterUnseen: (ids) => ids.filter((id) => !db.doesExist(id)), close: () => db.close() };
}

async function keyv(path: string): Promise<Peer> {
  const db = new Keyv<number>({ store: new KeyvSqlite({ uri: `sqlite://${path}`, wal: true }) });
  for (let n = 0; n < ROWS; n += 500)
    await db.setMany(Array.from({ length: 500 }, (_, index) => ({ key: idOf(n + index), value: n })));
  return {
    filterUnseen: async (ids) => {
      const seen = await db.hasMany([...ids]);
      return ids.filter((_, index) => seen[index] !== true);
    },
    close: () => db.disconnect(),
  };
}

export default peersCase;
