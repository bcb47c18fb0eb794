import { runPgbouncer, type Pgbouncer, type PgbouncerOptions } from './pgbouncer.ts';
import type { Target } from './proxy/connection.ts';
import { PostgresProxy, type ProxyOptions } from './proxy/proxy.ts';
import { LocalPostgres, type PostgresOptions } from './server.ts';
import { runStandby, type StandbyOptions } from './standby.ts';
import { runTlsServer, type TlsOptions, type TlsPostgres } from './tls-server.ts';

export { Authority, certifyItself, findOpenssl, type Certificate, type CertificateOptions } from './authority.ts';
export { findPgbouncer, type Pgbouncer, type PgbouncerOptions } from './pgbouncer.ts';
export type { Cut } from './proxy/faults.ts';
export type { PostgresProxy, ProxyOptions } from './proxy/proxy.ts';
export type { LocalPostgres, PostgresOptions, StopMode } from './server.ts';
export type { StandbyOptions } from './standby.ts';
export type { TlsOptions, TlsPostgres } from './tls-server.ts';

/**
 * Starts a PostgreSQL server on 127.0.0.1, which takes about a second. It ends when it is closed, and at the latest
 * when this process does, however that came.
 *
 * @example
 * await using server = await startPostgres();
 * const client = new Client(server.url());
 *
 * @throws With the last lines of the server's log, when it does not start.
 */
export function startPostgres(options: PostgresOptions = {}): Promise<LocalPostgres> {
  return LocalPostgres.create(options);
}

/**
 * Starts a server that offers TLS at `localhost`, with a certificate of an authority of its own.
 *
 * @example
 * await using tls = await startTlsPostgres();
 * const ssl = { ca: readFileSync(tls.authority.certificate, 'utf8') };
 * const client = new Client({ host: 'localhost', port: tls.server.port, user: 'postgres', ssl });
 *
 * @throws Where openssl is not installed: see `findOpenssl`.
 */
export function startTlsPostgres(options: TlsOptions = {}): Promise<TlsPostgres> {
  return runTlsServer(options);
}

/**
 * Starts a standby that follows a server which runs: a copy of it, to which the log is streamed. Until `promote()` it
 * can only be read.
 *
 * @example
 * await using primary = await startPostgres();
 * await using standby = await startStandby(primary, { synchronous: true });
 * await primary.kill();
 * await standby.promote();
 */
export function startStandby(primary: LocalPostgres, options: StandbyOptions): Promise<LocalPostgres> {
  return runStandby(primary, options);
}

/**
 * Starts a TCP proxy before a server, on a free port of 127.0.0.1. It lets everything pass until it is told otherwise.
 *
 * @example
 * await using proxy = await startProxy(server);
 * const client = new Client(proxy.url());
 * proxy.cut({ matching: /^commit/i });
 */
export function startProxy(target: Target, options: ProxyOptions = {}): Promise<PostgresProxy> {
  return PostgresProxy.create(target, options);
}

/**
 * Starts the PgBouncer that is installed on this machine before a server, in transaction mode over two connections.
 *
 * @throws Where it is not installed: see `findPgbouncer`.
 */
export function startPgbouncer(target: Target, options: PgbouncerOptions = {}): Promise<Pgbouncer> {
  return runPgbouncer(target, options);
}
