import { KeyvSqlite } from '@keyv/sqlite';
import { Keyv } from 'keyv';

import type { Peer } from './peer.ts';

const CHUNK = 500;

/** A cache with SQLite below, asked for a whole batch. */
export async function openKeyv(path: string, ids: readonly string[]): Promise<Peer> {
  const db = new Keyv<number>({ store: new KeyvSqlite({ uri: `sqlite://${path}`, wal: true }) });
  for (let n = 0; n < ids.length; n += CHUNK)
    await db.setMany(ids.slice(n, n + CHUNK).map((key, index) => ({ key, value: n + index })));
  return {
    filterUnseen: async (batch) => {
      const seen = await db.hasMany([...batch]);
      return batch.filter((_, index) => seen[index] !== true);
    },
    close: () => db.disconnect(),
  };
}
