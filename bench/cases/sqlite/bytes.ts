import { statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

import { atMost, million, short, databaseOf, type BenchCase } from '../../case.ts';
import { fill } from '../../databases/sqlite.ts';
import { atomIdSql, idSql } from '../../databases/ids.ts';

const SEED_TABLE = 'CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER)';

/** The cost of an id on the disk. */
const bytesCase: BenchCase = {
  name: 'bytes',
  title: 'Bytes per id',
  rows: () => [million],
  run: async (input) => {
    const table = schemaOf(databaseOf(input, million));
    const rows = input.quick ? million / 4 : million;
    const measure = (name: string, ddl: string, id: string): number =>
      bytesPerId(join(input.folder, `${name}.sqlite`), ddl, { rows, id });
    const ours = measure('ours', table, idSql);
    const seed = measure('seed', SEED_TABLE, idSql);
    const oursLong = measure('ours-long', table, atomIdSql);
    const seedLong = measure('seed-long', SEED_TABLE, atomIdSql);
    return [
      {
        label: 'accession numbers, 20 characters',
        value: ours,
        unit: 'B',
        ...atMost(40),
        detail: `${short(rows)} rows; the seed's table ${seed.toFixed(0)} B`,
        figures: { ours, seed },
      },
      {
        label: 'Atom ids of 58 characters, as the earlier bot stored them',
        value: oursLong,
        unit: 'B',
        detail: `the seed's table ${seedLong.toFixed(0)} B`,
        figures: { ours: oursLong, seed: seedLong },
      },
    ];
  },
};

function schemaOf(path: string): string {
  const db = new BetterSqlite3(path, { readonly: true });
  const ddl = db.prepare<[], string>("SELECT sql FROM sqlite_schema WHERE name = 'seen'").pluck().get();
  db.close();
  return ddl ?? '';
}

function bytesPerId(path: string, ddl: string, { rows, id }: { rows: number; id: string }): number {
  const db = new BetterSqlite3(path);
  db.pragma('journal_mode = OFF');
  db.pragma('cache_size = -1000000');
  db.exec(ddl);
  fill(db, rows, id);
  db.close();
  return statSync(path).size / rows;
}

export default bytesCase;
