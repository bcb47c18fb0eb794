import { open } from 'lmdb';

import type { Peer } from './peer.ts';

/** A memory-mapped tree, with a look-up for each id. */
export function openLmdb(path: string, ids: readonly string[]): Peer {
  const db = open<number, string>({ path });
  db.transactionSync(() => ids.forEach((id, n) => db.putSync(id, n)));
  return { filterUnseen: (batch) => batch.filter((id) => !db.doesExist(id)), close: () => db.close() };
}
