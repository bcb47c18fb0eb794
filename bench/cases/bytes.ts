import { statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

import { atMost, million, short, databaseOf, type BenchCase } from '../case.ts';
import { fill } from '../databases/build.ts';
import { atomIdSql } from '../databases/ids.ts';

/** What an id costs on the disk. */
const bytesCase: BenchCase = {
  name: 'bytes',
  title: 'Bytes per id',
  rows: () => [million],
  run: async (input) => {
    const ddl = schemaOf(databaseOf(input, million));
    const rows = input.quick ? million / 4 : million;
    const ours = bytesPerId(join(input.folder, 'bytes-ours.sqlite'), ddl, rows);
    const seed = bytesPerId(
      join(input.folder, 'bytes-seed.sqlite'),
      'CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER)',
      rows,
    );
    const short20 = statSync(databaseOf(input, million)).size / million;
    return [
      {
        label: 'Atom ids of 58 characters, as the earlier bot stored them',
        value: ours,
        unit: 'B',
        ...atMost(80),
        detail: `${short(rows)} rows; the seed's table ${seed.toFixed(0)} B; accession numbers, as ours stores them, ${short20.toFixed(0)} B`,
        figures: { ours, seed, accession: short20 },
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

function bytesPerId(path: string, ddl: string, rows: number): number {
  const db = new BetterSqlite3(path);
  db.pragma('journal_mode = OFF');
  db.pragma('cache_size = -1000000');
  db.exec(ddl);
  fill(db, rows, atomIdSql);
  db.close();
  return statSync(path).size / rows;
}

export default bytesCase;
