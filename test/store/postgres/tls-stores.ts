import { expect, onTestFinished } from 'vitest';

import type { TlsPostgres } from '../../../local/postgres/index.ts';
import { openSeenStore, SeenStoreOpenError, type SeenStore } from '../../../src/store/index.ts';
import type { SeenStoreOptions } from '../../../src/store/options.ts';
import { errorOf } from './own-database.ts';

export interface AddressOptions {
  /** Default: localhost, as the server's certificate says. */
  readonly host?: string;
  /** Default: postgres, who needs no TLS. */
  readonly user?: string;
  /** Default: the server's own. */
  readonly port?: number;
}

/** The address of a server with TLS. In its parameters, `{ca}` stands for the file of the server's authority. */
export function addressOf({ server, authority }: TlsPostgres, parameters: string, options: AddressOptions): string {
  const { host = 'localhost', user = 'postgres', port = server.port } = options;
  return `postgres://${user}@${host}:${port}/postgres?${parameters.replace('{ca}', authority.certificate)}`;
}

/** The sessions of an application, as the server sees them. */
export function sessionsOf({ server }: TlsPostgres, name: string): ReturnType<typeof server.ask> {
  return server.ask(
    'SELECT DISTINCT ssl, client_dn FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = $1',
    [name],
  );
}

/** Opens a store that all tests of its user share: what they mark is of no matter. */
export async function openStore({ url, ...options }: SeenStoreOptions & { readonly url: string }): Promise<SeenStore> {
  const store = await openSeenStore({ url, schema: `of_${new URL(url).username}`, purgeEveryMs: 1e9, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** The message with which a store is refused. It names no user, who is `certified` in these tests. */
export async function refusal(options: SeenStoreOptions): Promise<string> {
  const error = await errorOf(openSeenStore(options));
  expect(error).toBeInstanceOf(SeenStoreOpenError);
  expect(`${error.stack} ${(error.cause as Error).stack}`).not.toContain('certified');
  return error.message;
}

/** Warnings of the process about TLS while the running test lasts. They pass every logger. */
export function warnings(): string[] {
  const told: string[] = [];
  const note = ({ message }: Error): void => void (/SSL|TLS/.test(message) && told.push(message));
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  return told;
}
