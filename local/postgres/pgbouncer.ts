import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from './free-port.ts';
import { GuardedProcess } from './guarded-process.ts';
import type { Target } from './proxy/connection.ts';
import { giveToServerUser } from './server-user.ts';

const LOOK_EVERY_MS = 10;

export interface PgbouncerOptions {
  /**
   * Settings of its section `pgbouncer`. Default: transactions are pooled over two connections, the rest as it comes.
   */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** A PgBouncer before a PostgreSQL server. */
export interface Pgbouncer extends AsyncDisposable {
  readonly port: number;
  /** The address of a database behind it. */
  url(database?: string): string;
  /** Ends it. A second call does nothing. */
  close(): Promise<void>;
}

/** Finds the program where it is installed. Debian keeps it where only root's PATH leads. */
export function findPgbouncer(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path));
}

/** Starts the program in a temporary folder, in transaction mode unless told otherwise. */
export async function runPgbouncer(target: Target, options: PgbouncerOptions): Promise<Pgbouncer> {
  const program = findPgbouncer();
  if (program === undefined) throw new Error('PgBouncer is not installed: apt-get install pgbouncer');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'seen-pgbouncer-')));
  const port = await freePort();
  const configuration = join(folder, 'pgbouncer.ini');
  writeFileSync(configuration, configurationFor(port, target, options));
  giveToServerUser(folder);
  const log = join(folder, 'pgbouncer.log');
  const running = await GuardedProcess.start({ command: [program, configuration], log, removed: folder });
  await whenListening(running, port);
  const url = (database = 'postgres'): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const close = async (): Promise<void> => {
    await running.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, url, close, [Symbol.asyncDispose]: close };
}

function configurationFor(port: number, { host = '127.0.0.1', port: to }: Target, options: PgbouncerOptions): string {
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: 'transaction',
    default_pool_size: 2,
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return `[databases]\n* = host=${host} port=${to} user=postgres\n[pgbouncer]\n${lines.join('\n')}\n`;
}

async function whenListening(running: GuardedProcess, port: number): Promise<void> {
  while (!(await listens(port))) {
    if (running.hasEnded) throw new Error(`PgBouncer did not start:\n${running.lastLines()}`);
    await delay(LOOK_EVERY_MS);
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
