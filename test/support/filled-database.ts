import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';

import { openSeenStore, scopedId } from '../../src/store/index.ts';
import { resolveSqliteOptions, type PostgresOptions, type SqliteOptions } from '../../src/store/options.ts';
import { movableDatabase } from '../../src/store/databases.ts';
import type { TransferRow } from '../../src/store/port/transfer.ts';
import { transferTables } from '../../src/store/transfer/tables.ts';
import { newDatabasePath } from './database-file.ts';
import { emptyDatabase } from './empty-database.ts';
import { ids } from './ids.ts';
import { settableClock } from './settable-clock.ts';
import { NOON } from './times.ts';

let filled: Promise<Buffer> | undefined;

/** A closed SQLite database, with a name of its own, in which something of every kind lies. */
export async function filledDatabase(): Promise<SqliteOptions> {
  const path = newDatabasePath();
  writeFileSync(path, await (filled ??= fill()));
  const db = new Database(path);
  db.prepare('UPDATE seen_database SET id = ?').run(randomUUID());
  db.close();
  return resolveSqliteOptions({ path }, {});
}

async function fill(): Promise<Buffer> {
  const path = emptyDatabase();
  const clock = settableClock();
  const store = await openSeenStore({ path, clock });
  await store.scopes.assign('filings', [['a']]);
  await store.scopes.assign('news', [['b']]);
  await store.markSeen([...ids('id', 40), 'é', '漢字', '😀', '\uFFFD', '\u{10000}', '\uE000', 'line\u2028end']);
  const requests = ['posted', 'failed', 'waiting', 'posting', scopedId('news', 'posted')].map((id) => ({
    id,
    payload: { id },
  }));
  const claims = await store.claim(requests, { feed: 'filings' });
  const [posted, failed, waiting, posting] = claims;
  if (posted === undefined || failed === undefined || waiting === undefined || posting === undefined)
    throw new Error('?');
  clock.advance(1_000);
  await store.ledger.saveIntent(posted, '100', { discordAt: new Date(NOON), fingerprint: 'f' });
  await store.ledger.savePost(posted, '100', '900');
  await store.commit([posted]);
  await store.ledger.savePostFailure(failed, '100', 'no such channel: "x"\n');
  await store.fail([failed], 'bad text \ud83d');
  await store.release([waiting], { error: 'later', retryAt: new Date(NOON + 60_000) });
  await store.ledger.begin(posting);
  await store.ledger.saveEnrichment(posting, { summary: 'S' });
  await store.ledger.saveIntent(posting, '200');
  const cycle = { startedAt: new Date(NOON), finishedAt: new Date(NOON + 500), complete: true };
  const counts = { total: 5, skipped: 1, enriched: 2, posted: 1, marked: 0, failed: 1, held: 0 };
  await store.cycles.record({ feed: 'filings', ...cycle, ...counts });
  await store.coverage.save('filings', [{ category: '8-K', oldBefore: new Date(NOON) }]);
  await store.spending.add('filings', { requests: 3, tokens: 400, enrichments: 2 }, { requests: 100 });
  const hold = await store.holds.open('filings', ['a', 'b']);
  await store.holds.startQuestion(hold.id, '300', null);
  await store.incidents.open('source:filings', 'down');
  await store.leadership.campaign('filings', { leaseMs: 30_000 });
  await store.close();
  const db = new Database(path);
  db.exec("INSERT INTO seen_loss VALUES (5, 6); INSERT INTO seen_recovery VALUES ('/old', 7)");
  db.close();
  return readFileSync(path);
}

/** All rows of a database, by table. */
export async function rowsOf(options: SqliteOptions | PostgresOptions): Promise<Record<string, TransferRow[]>> {
  const source = await movableDatabase(options).openSource();
  try {
    const rows: Record<string, TransferRow[]> = {};
    for (const table of transferTables) rows[table.name] = await source.read(table, null, 100_000);
    return rows;
  } finally {
    await source.close();
  }
}
