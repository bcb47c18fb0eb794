import { join } from 'node:path';

import { databaseOf, short, type BenchCase, type Measurement, type Unmeasured } from '../../case.ts';
import { feedBatches, idOf } from '../../databases/ids.ts';
import { openQuietStore } from '../../databases/open.ts';
import { interleave, type Contestant } from '../../measure/interleave.ts';
import { openKeyv } from '../../peers/keyv.ts';
import { openLmdb } from '../../peers/lmdb.ts';
import { openNodeSqlite } from '../../peers/node-sqlite.ts';
import { UnreachableError, type Peer } from '../../peers/peer.ts';
import { openPostgresql } from '../../peers/postgresql.ts';
import { openRedis } from '../../peers/redis.ts';

const ROWS = 10_000;

/** Each holds the same ids, and answers the same question in its own best way. */
const peersCase: BenchCase = {
  name: 'peers',
  title: 'The prefilter in what else a user might take',
  rows: () => [ROWS],
  run: async (input) => {
    const path = databaseOf(input, ROWS);
    const ids = Array.from({ length: ROWS }, (_, n) => idOf(n));
    const store = await openQuietStore(path);
    const { peers, unreached } = await openAll({
      'node:sqlite, a SELECT per id': () => openNodeSqlite(path),
      lmdb: () => openLmdb(join(input.folder, 'lmdb'), ids),
      'keyv with SQLite': () => openKeyv(join(input.folder, 'keyv.sqlite'), ids),
      'Redis, a set on this machine': () => openRedis(ids),
      'PostgreSQL, on this machine': () => openPostgresql(ids),
    });
    const batches = feedBatches(200, ROWS);
    const batch = (round: number): string[] => batches[round % batches.length] ?? [];
    const expected = await store.filterUnseen(batch(0));
    const contestants: Record<string, Contestant> = { ours: (round) => store.filterUnseen(batch(round)) };
    for (const [name, peer] of peers) {
      requireSame(name, expected, await peer.filterUnseen(batch(0)));
      contestants[name] = (round) => peer.filterUnseen(batch(round));
    }
    const times = await interleave(input.quick ? 600 : 2_000, contestants, 20);
    await Promise.all([store.close(), ...peers.map(([, peer]) => peer.close())]);
    return [...peers.map(([name]) => measurement(name, times[name] ?? 0, times['ours'] ?? 0)), ...unreached];
  },
};

type Opener = () => Peer | Promise<Peer>;

/** A server that nobody has started is no reason not to measure the others. */
async function openAll(openers: Readonly<Record<string, Opener>>) {
  const peers: [name: string, peer: Peer][] = [];
  const unreached: Unmeasured[] = [];
  for (const [name, open] of Object.entries(openers)) {
    try {
      peers.push([name, await open()]);
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      unreached.push({ label: name, missing: error.message });
    }
  }
  return { peers, unreached };
}

function requireSame(name: string, expected: readonly string[], answer: readonly string[]): void {
  if (JSON.stringify(answer.toSorted()) === JSON.stringify(expected.toSorted())) return;
  throw new Error(`${name} and ours do not agree on what has been seen.`);
}

function measurement(name: string, time: number, ours: number): Measurement {
  return {
    label: `${name}, to ours`,
    value: time / ours,
    unit: '×',
    detail: `${short(ROWS)} rows: ${time.toFixed(0)} µs, ours ${ours.toFixed(0)} µs`,
    figures: { rows: ROWS, peer: time, ours },
  };
}

export default peersCase;
