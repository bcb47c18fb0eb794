import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

import { findBinaries } from './binaries.ts';
import { dataFolder, initialise, temporaryServerFolder } from './database-folder.ts';
import { freePort } from './free-port.ts';
import { GuardedProcess } from './guarded-process.ts';

type Settings = Readonly<Record<string, string | number | boolean>>;

export interface PostgresOptions {
  /**
   * The folder for the database, the socket and the log, made if it is missing. A database that it has is kept, also
   * when the server is closed. Default: a temporary folder, removed when the server is closed.
   */
  readonly folder?: string;
  /** Default: a free one, which stays the server's own. */
  readonly port?: number;
  /** Settings as in postgresql.conf, which go before those of `DEFAULTS`. */
  readonly settings?: Settings;
}

export type StopMode = 'smart' | 'fast' | 'immediate';

const SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** Nothing here outlives the machine, so no disk is waited for. What was committed survives the death of the server. */
const DEFAULTS = {
  fsync: false,
  full_page_writes: false,
  max_connections: 300,
  shared_buffers: '64MB',
  // Processes that read ahead cost more than they save where all files are in memory.
  io_method: 'sync',
  max_wal_size: '128MB',
  // For a standby that is copied while the server runs.
  wal_keep_size: '128MB',
};

const START_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 10;

/** A PostgreSQL server on this machine, which everybody on it may use as the superuser `postgres`. */
export class LocalPostgres implements AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  readonly settings: Settings;
  readonly #isTemporary: boolean;
  #process: GuardedProcess | undefined;

  private constructor(folder: string, port: number, { settings, folder: own }: PostgresOptions) {
    this.folder = folder;
    this.port = port;
    this.settings = { ...DEFAULTS, ...settings };
    this.#isTemporary = own === undefined;
  }

  /** @param prepare Called with the folder of the database. Default: makes one. */
  static async create(
    options: PostgresOptions,
    prepare: (data: string) => Promise<void> | void = initialise,
  ): Promise<LocalPostgres> {
    const folder = options.folder ?? temporaryServerFolder();
    const server = new LocalPostgres(folder, options.port ?? (await freePort()), options);
    try {
      await prepare(dataFolder(folder));
      await server.start();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** The address of a database. It also works while the server is stopped. */
  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  get isRunning(): boolean {
    return this.#process !== undefined && !this.#process.hasEnded;
  }

  /** Starts a server that was stopped or killed, on the same port. */
  async start(): Promise<void> {
    if (this.isRunning) return;
    const end = performance.now() + START_LIMIT_MS;
    while (!(await this.#tryStart(end))) await delay(LOOK_EVERY_MS);
  }

  /**
   * Stops the server as `pg_ctl stop` does: `smart` waits for connections to end, `fast` ends them, and `immediate`
   * writes nothing any more, so that the next start recovers. Default: `fast`.
   */
  async stop(mode: StopMode = 'fast'): Promise<void> {
    await this.#process?.end(SIGNALS[mode]);
  }

  /** Ends the server as a power cut would. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  /** Makes a standby the primary, and resolves when it takes writes. */
  async promote(): Promise<void> {
    const [{ promoted } = {}] = await this.ask('SELECT pg_promote(true, 30) AS promoted');
    if (promoted !== true) throw new Error(`The standby in ${this.folder} was not promoted within 30 seconds.`);
  }

  /** Runs a statement on a connection of its own. */
  async ask(text: string, values: readonly unknown[] = []): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const client = new Client(this.url());
    // A session that ends in the middle of a statement rejects the statement, too.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends the server, and removes its folder unless the caller had named one. A second call does nothing. */
  async close(): Promise<void> {
    await this.stop(this.#isTemporary ? 'immediate' : 'fast');
    if (this.#isTemporary) rmSync(this.folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Returns false where another attempt may help: the processes of a killed server take a moment to end. */
  async #tryStart(end: number): Promise<boolean> {
    const process = await GuardedProcess.start({
      command: [findBinaries().postgres, ...this.#arguments()],
      log: join(this.folder, 'server.log'),
      ...(this.#isTemporary && { removed: this.folder }),
    });
    while (!this.#isReady(process.pid)) {
      const isLate = performance.now() > end;
      if (isLate) await process.end('SIGQUIT');
      if (process.hasEnded) {
        const lines = process.lastLines();
        if (!isLate && isPassing(lines)) return false;
        throw new Error(`PostgreSQL did not start in ${this.folder}:\n${lines}`);
      }
      await delay(LOOK_EVERY_MS);
    }
    this.#process = process;
    return true;
  }

  #arguments(): string[] {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      unix_socket_directories: this.folder,
      ...this.settings,
    };
    const pairs = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return ['-D', dataFolder(this.folder), ...pairs];
  }

  /** Looks into the file by which `pg_ctl` knows that a server takes connections. */
  #isReady(pid: number): boolean {
    try {
      const lines = readFileSync(join(this.folder, 'data/postmaster.pid'), 'utf8').split('\n');
      return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }
}

/** Tells whether a start failed for a reason that passes: something that a killed server or somebody else still has. */
function isPassing(lines: string): boolean {
  return /still in use|Address already in use|lock file "[^"]*" already exists/.test(lines);
}
