import { chmodSync, copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { Authority, type Certificate } from './authority.ts';
import { initialise, writeServerFile } from './database-folder.ts';
import { giveToServerUser } from './server-user.ts';
import { LocalPostgres, type PostgresOptions } from './server.ts';

export interface TlsOptions extends Omit<PostgresOptions, 'folder'> {
  /** Lines of pg_hba.conf for others than the superuser, whom the server lets in with TLS and without. Default: none. */
  readonly access?: readonly string[];
}

/** A server with TLS, at `localhost`, and the authority that has certified it. */
export interface TlsPostgres extends AsyncDisposable {
  readonly server: LocalPostgres;
  readonly authority: Authority;
  /** Restarts the server with another certificate. */
  present(certificate: Certificate): Promise<void>;
}

const SUPERUSER = 'host all postgres 127.0.0.1/32 trust';

const AUTHORITY = 'authority.crt';

/** The certificate and the key that the server presents, in the folder of its database. */
const PRESENTED = { ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' } as const;

/** Starts a server that offers TLS, and trusts its own authority for certificates of clients. */
export async function runTlsServer({ access = [], settings, ...options }: TlsOptions): Promise<TlsPostgres> {
  const made = Promise.withResolvers<Authority>();
  const tls = { ssl: true, ssl_ca_file: AUTHORITY, ...PRESENTED };
  const server = await LocalPostgres.create({ ...options, settings: { ...tls, ...settings } }, (data) => {
    initialise(data);
    const authority = new Authority(join(dirname(data), 'certificates'));
    copyFileSync(authority.certificate, join(data, AUTHORITY));
    install(authority.certify({ name: 'localhost' }), data);
    writeServerFile(join(data, 'pg_hba.conf'), [SUPERUSER, ...access, ''].join('\n'));
    made.resolve(authority);
  });
  const present = async (certificate: Certificate): Promise<void> => {
    await server.stop();
    install(certificate, join(server.folder, 'data'));
    await server.start();
  };
  return { server, authority: await made.promise, present, [Symbol.asyncDispose]: () => server.close() };
}

function install({ certificate, key }: Certificate, data: string): void {
  const target = join(data, PRESENTED.ssl_key_file);
  copyFileSync(certificate, join(data, PRESENTED.ssl_cert_file));
  copyFileSync(key, target);
  // The server takes no key that others may read.
  chmodSync(target, 0o600);
  giveToServerUser(target);
}
