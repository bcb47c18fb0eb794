import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { onTestFinished } from 'vitest';

import {
  findPgbouncer,
  startPgbouncer,
  startProxy,
  type PgbouncerOptions,
  type PostgresProxy,
  type ProxyOptions,
} from '../../local/postgres/index.ts';
import { requirement } from './requirement.ts';

let address: Promise<string> | undefined;
let admin: Pool | undefined;

/**
 * The address of the run's PostgreSQL server, as a superuser: the run's own, which starts when it is first asked for, or
 * that of `SEEN_TEST_PG_URL`.
 */
export function postgresUrl(): Promise<string> {
  address ??= askForServer();
  return address;
}

async function askForServer(): Promise<string> {
  const given = process.env['SEEN_TEST_PG_URL'];
  if (given !== undefined) return given;
  const response = await fetch(process.env['SEEN_TEST_PG_DESK'] ?? '');
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return answer;
}

/** A schema that only the running test uses. */
export interface OwnSchema {
  readonly url: string;
  readonly schema: string;
  /** Runs a statement as the superuser, past any store. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Names a schema on the server, which is dropped with all that it has when the running test ends. */
export function newSchema(url: string): string {
  const schema = `seen_${randomBytes(6).toString('hex')}`;
  onTestFinished(async () => {
    await query(url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });
  return schema;
}

/** Names a schema that nobody has made yet, and that is dropped with all that it has when the running test ends. */
export async function ownSchema(): Promise<OwnSchema> {
  const url = await postgresUrl();
  return schemaAt(url, newSchema(url));
}

export function schemaAt(url: string, schema: string): OwnSchema {
  return { url, schema, query: (text, values) => query(url, text, values) };
}

async function query(url: string, text: string, values: readonly unknown[] = []): Promise<OwnRow[]> {
  admin ??= new Pool({
    connectionString: url,
    max: 2,
    allowExitOnIdle: true,
    // A store that was left open in the middle of a write fails the test, and not the whole run.
    lock_timeout: 10_000,
  });
  const { rows } = await admin.query<OwnRow>(text, [...values]);
  return rows;
}

type OwnRow = Readonly<Record<string, unknown>>;

/** A proxy before the run's server, closed when the running test ends, and a server's address through it. */
export async function proxyTo(
  url: string,
  options?: ProxyOptions,
): Promise<{ readonly proxy: PostgresProxy; readonly url: string }> {
  const proxy = await startProxy(serverOf(url), options);
  onTestFinished(() => proxy.close());
  return { proxy, url: throughPort(url, proxy.port) };
}

/** The pooler that connections of many kinds of clusters go through. */
export const pgbouncer = requirement(findPgbouncer() !== undefined, 'no pgbouncer');

/** A server's address through a PgBouncer in transaction mode, which is closed when the running test ends. */
export async function pgbouncerTo(url: string, options?: PgbouncerOptions): Promise<string> {
  const bouncer = await startPgbouncer(serverOf(url), options);
  onTestFinished(() => bouncer.close());
  return throughPort(url, bouncer.port);
}

function serverOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || 5432) };
}

/** The same address at another port of this machine. */
export function throughPort(url: string, port: number): string {
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  return through.href;
}
