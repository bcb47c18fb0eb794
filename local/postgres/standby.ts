import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

import { copyDatabase, writeServerFile } from './database-folder.ts';
import { LocalPostgres } from './server.ts';

export interface StandbyOptions {
  /** True if the primary confirms a commit only when the standby has it, too. */
  readonly synchronous: boolean;
  /** A proxy before the primary that the log comes through. Default: none. */
  readonly through?: { readonly port: number };
}

const STREAM_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 10;

/** Starts a standby, and resolves when it has all that its primary has. */
export async function runStandby(
  primary: LocalPostgres,
  { synchronous, through = primary }: StandbyOptions,
): Promise<LocalPostgres> {
  const name = `standby_${randomBytes(4).toString('hex')}`;
  const standby = await LocalPostgres.create({ settings: primary.settings }, async (data) => {
    await copyRunning(primary, data);
    const connection = `host=127.0.0.1 port=${through.port} user=postgres application_name=${name}`;
    // In place of the primary's own file, which may ask for a standby that this one will not have.
    writeServerFile(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${connection}'\n`);
    writeServerFile(join(data, 'standby.signal'), '');
  });
  await whenReplicating(primary, name, "state = 'streaming'");
  if (synchronous) {
    await primary.ask(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await primary.ask('SELECT pg_reload_conf()');
    await whenReplicating(primary, name, "sync_state = 'sync'");
  }
  return standby;
}

/** Copies a running server's database: what is written meanwhile comes with the log. */
async function copyRunning(primary: LocalPostgres, data: string): Promise<void> {
  const client = new Client(primary.url());
  // A session that ends in the middle of a statement rejects the statement, too.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('standby', true)");
    copyDatabase(join(primary.folder, 'data'), data);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    writeServerFile(join(data, 'backup_label'), rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
}

/** Resolves once the standby meets a condition, and has all that the primary had written by now. */
async function whenReplicating(primary: LocalPostgres, name: string, condition: string): Promise<void> {
  const end = performance.now() + STREAM_LIMIT_MS;
  const [{ written } = {}] = await primary.ask('SELECT pg_current_wal_lsn() AS written');
  const statement = `SELECT 1 FROM pg_stat_replication
    WHERE application_name = $1 AND flush_lsn >= $2::pg_lsn AND ${condition}`;
  while ((await primary.ask(statement, [name, written])).length === 0) {
    if (performance.now() > end) throw new Error(`${name} does not follow the server in ${primary.folder}.`);
    await delay(LOOK_EVERY_MS);
  }
}
