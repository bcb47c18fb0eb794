import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';

import {
  Authority,
  certifyItself,
  findOpenssl,
  startPgbouncer,
  startTlsPostgres,
  type Certificate,
  type TlsPostgres,
} from '../../../local/postgres/index.ts';
import { openSeenStore } from '../../../src/store/index.ts';
import { pgbouncer } from '../../support/postgres.ts';
import { requirement } from '../../support/requirement.ts';
import { seenInProcess } from '../../support/seen-in-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { errorOf } from './own-database.ts';
import { addressOf, openStore, refusal, sessionsOf, warnings, type AddressOptions } from './tls-stores.ts';

const openssl = requirement(findOpenssl() !== undefined, 'no openssl');

/** Users whom the server lets in with TLS only, and with a certificate in either way that it can ask for one. */
const ACCESS = [
  'hostssl all only_tls all trust',
  'hostssl all certified all cert',
  'hostssl all verified all trust clientcert=verify-full',
];

const TRUSTED = 'sslmode=verify-full&sslrootcert={ca}';
const ENCRYPTED = [{ ssl: true, client_dn: null }];
const PLAIN = [{ ssl: false, client_dn: null }];

let tls: TlsPostgres;

const address = (parameters: string, options: AddressOptions = {}): string => addressOf(tls, parameters, options);
const sessions = (name = 'sapphire-plugin-seen'): ReturnType<typeof sessionsOf> => sessionsOf(tls, name);

describe.skipIf(openssl.missing)(`a server with TLS${openssl.note}`, () => {
  beforeAll(async () => {
    tls = await startTlsPostgres({ access: ACCESS });
    for (const user of ['only_tls', 'certified', 'verified'])
      await tls.server.ask(`CREATE ROLE ${user} LOGIN; GRANT CREATE ON DATABASE postgres TO ${user}`);
  });
  afterAll(() => tls?.server.close());

  describe('has encrypted connections only, without a warning of the process,', () => {
    test.each([
      ['with verify-full and the certificate of its authority', TRUSTED, 'localhost'],
      ['with that certificate alone', 'sslrootcert={ca}', 'localhost'],
      ['with verify-ca, taken for verify-full', 'sslrootcert={ca}&sslmode=verify-ca', 'localhost'],
      ['with require, taken for verify-full', 'sslmode=require&sslrootcert={ca}', 'localhost'],
      ['with prefer, taken for verify-full', 'sslmode=prefer&sslrootcert={ca}', 'localhost'],
      ['with no-verify, whatever its name', 'sslmode=no-verify', '127.0.0.1'],
      ['with ssl=no-verify', 'ssl=no-verify', '127.0.0.1'],
      ['with require as libpq means it', 'uselibpqcompat=true&sslmode=require', '127.0.0.1'],
      ['with verify-ca as libpq means it', 'uselibpqcompat=true&sslmode=verify-ca&sslrootcert={ca}', '127.0.0.1'],
      ['with TLS from the first byte', `sslnegotiation=direct&${TRUSTED}`, 'localhost'],
    ])('%s', async (what, parameters, host) => {
      const told = warnings();
      const name = `tls ${what}`.slice(0, 60);
      const store = await openStore({ url: address(`${parameters}&application_name=${encodeURI(name)}`, { host }) });
      expect(await Promise.all([store.markSeen('a'), store.filterUnseen(['b'])])).toEqual([undefined, ['b']]);
      expect(await sessions(name)).toEqual(ENCRYPTED);
      expect(told).toEqual([]);
    });
  });

  describe('that cannot be trusted is refused at once, and it is said why', () => {
    const unknown = 'from an authority that is not known here. Name the file with the certificate of its authority';
    test.each([
      ['without the certificate of its authority', 'sslmode=verify-full', 'localhost', unknown],
      ['without it, under prefer', 'sslmode=prefer', 'localhost', unknown],
      ['without it, under require', 'sslmode=require', 'localhost', unknown],
      ['without it, under verify-ca', 'sslmode=verify-ca', 'localhost', unknown],
      ['by another name', TRUSTED, '127.0.0.1', 'for another name. Write the host as the certificate does, by name'],
    ])('%s', async (_what, parameters, host, reason) => {
      const message = await refusal({ url: address(parameters, { host }) });
      expect(message).toContain(`could not be opened: its certificate is ${reason}`);
      expect(message).toMatch(/ \([A-Z_]+\)\. Look at seen\.url \(/);
    });

    test('by a certificate of another authority, or by a file that holds none', async () => {
      const other = new Authority(temporaryFolder());
      for (const file of [other.certificate, import.meta.filename])
        expect(await refusal({ url: address(`sslmode=verify-full&sslrootcert=${file}`) })).toContain(unknown);
    });

    test('with a certificate that has expired, or that it has made itself, unless that one is trusted', async () => {
      const self = certifyItself(join(temporaryFolder(), 'self'), 'localhost');
      const own = tls.authority.certify({ name: 'localhost' });
      onTestFinished(() => tls.present(own));
      await tls.present(tls.authority.certify({ name: 'localhost', days: -1 }));
      expect(await refusal({ url: address(TRUSTED) })).toContain(
        'its certificate, or that of its authority, has expired. Renew it',
      );
      await tls.present(self);
      const message = 'it made its certificate itself, and is its own authority. Name the file';
      expect(await refusal({ url: address('sslmode=verify-full') })).toContain(message);
      const store = await openStore({ url: address(`sslmode=verify-full&sslrootcert=${self.certificate}`) });
      await store.markSeen('a');
      expect(await sessions()).toEqual(ENCRYPTED);
    });
  });

  describe('that takes nobody without TLS', () => {
    test('says so to an address that asks for none, and takes one that does', async () => {
      const user = 'only_tls';
      expect(await refusal({ url: address('', { user }) })).toContain(
        'the server does not let this user in from here without TLS. If it has TLS, write sslmode=verify-full; if not, ' +
          'add an entry to pg_hba.conf there (28000). Look at',
      );
      expect(await refusal({ url: address('', { user: 'nobody' }) })).not.toContain('nobody');
      expect(await refusal({ url: address(TRUSTED, { user: 'nobody' }) })).toContain(
        'the server does not let this user in from here. Look at the user, at sslmode and sslcert, and at pg_hba.conf on',
      );
      await openStore({ url: address(TRUSTED, { user }) });
    });

    test.skipIf(pgbouncer.missing)(`as a pooler says so, too${pgbouncer.note}`, async () => {
      const { certificate, key } = tls.authority.certify({ name: 'localhost' });
      const settings = { client_tls_sslmode: 'require', client_tls_cert_file: certificate, client_tls_key_file: key };
      const bouncer = await startPgbouncer(tls.server, { settings });
      onTestFinished(() => bouncer.close());
      expect(await refusal({ url: bouncer.url(), busyTimeoutMs: 1 })).toContain('this user in from here without TLS');
      const store = await openStore({ url: address(TRUSTED, { port: bouncer.port }) });
      expect(await store.filterUnseen(['pooled'])).toEqual(['pooled']);
    });
  });

  describe('that asks for a certificate of the client', () => {
    const withFiles = ({ certificate, key }: Certificate): string => `${TRUSTED}&sslcert=${certificate}&sslkey=${key}`;

    test.each(['certified', 'verified'])('takes one of its authority for the user %s', async (user) => {
      const parameters = withFiles(tls.authority.certify({ name: user }));
      const store = await openStore({ url: address(`${parameters}&application_name=of_${user}`, { user }) });
      await store.markSeen('a');
      expect(await sessions(`of_${user}`)).toEqual([{ ssl: true, client_dn: `/CN=${user}` }]);
    });

    test('says so to a client without one, or with that of another user', async () => {
      const missing = 'the server asks for a certificate of the client. Write sslcert and sslkey (28000)';
      expect(await refusal({ url: address(TRUSTED, { user: 'certified' }) })).toContain(missing);
      const other = withFiles(tls.authority.certify({ name: 'other' }));
      expect(await refusal({ url: address(other, { user: 'verified' }) })).toContain(
        'the server does not let this user in from here. Look at the user, at sslmode and sslcert, and at pg_hba.conf on',
      );
      expect(await refusal({ url: address(other, { user: 'certified' }) })).toContain(
        'the certificate that sslcert names is for another user (28000)',
      );
    });

    test('says what is wrong with the files of the client', async () => {
      const { authority } = tls;
      const own = authority.certify({ name: 'certified' });
      const { key } = authority.certify({ name: 'certified' });
      const text = import.meta.filename;
      for (const [files, reason] of [
        [{ ...own, key }, 'the key that sslkey names is not that of the certificate of sslcert'],
        [authority.certify({ name: 'certified', days: -1 }), 'the certificate that sslcert names has expired'],
        [
          new Authority(temporaryFolder()).certify({ name: 'certified' }),
          'the server does not know the authority of the certificate that sslcert names',
        ],
        [{ certificate: text, key: text }, 'has no certificate, or no key, in the form PEM'],
      ] as const)
        expect(await refusal({ url: address(withFiles(files), { user: 'certified' }) })).toContain(reason);
    });
  });

  test('serves a pool of the bot with options of its own for TLS', async () => {
    const ca = readFileSync(tls.authority.certificate, 'utf8');
    const connection = {
      host: 'localhost',
      port: tls.server.port,
      user: 'postgres',
      application_name: 'lent over tls',
    };
    const pool = new Pool({ ...connection, ssl: { ca } });
    const strange = new Pool({ ...connection, ssl: true });
    onTestFinished(async () => void (await Promise.all([pool.end(), strange.end()])));
    const store = await openSeenStore({ pool, schema: 'of_postgres' });
    await store.markSeen('a');
    expect(await sessions('lent over tls')).toEqual(ENCRYPTED);
    await store.close();
    expect(await refusal({ pool: strange })).toMatch(/not known here\. .*, or ssl\.ca of a pool \(\w+\)/);
  });

  describe('and the variables of PostgreSQL', () => {
    test('PGSSLMODE decides where the address says nothing, and only there', async () => {
      vi.stubEnv('PGSSLMODE', 'no-verify');
      onTestFinished(() => void vi.unstubAllEnvs());
      await openStore({ url: address('application_name=by+variable') });
      expect(await sessions('by variable')).toEqual(ENCRYPTED);
      await openStore({ url: address('application_name=by+address&sslmode=disable') });
      expect(await sessions('by address')).toEqual(PLAIN);
    });

    test('PGSSLMODE=require means verify-full, and PGSSLROOTCERT nothing', async () => {
      vi.stubEnv('PGSSLMODE', 'require');
      vi.stubEnv('PGSSLROOTCERT', tls.authority.certificate);
      onTestFinished(() => void vi.unstubAllEnvs());
      const told = warnings();
      expect(await refusal({ url: address('') })).toContain('not known here. Name the file');
      expect(told).toEqual([]);
    });
  });

  test('is asked by the command line', async () => {
    const url = address(`${TRUSTED}&application_name=cli`);
    const args = ['--database', url, '--schema', 'of_postgres'];
    expect(await seenInProcess(['migrate', ...args])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await seenInProcess(['stats', ...args])).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringContaining(`localhost:${tls.server.port}/postgres`) as string,
    });
    const failed = await seenInProcess(['stats', '--database', address('sslmode=require'), '--schema', 'of_postgres']);
    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not known here. Name') as string });
  });

  test('may restart under its connections', async () => {
    const store = await openStore({ url: address(`${TRUSTED}&application_name=restarted`) });
    await store.markSeen('a');
    await tls.server.stop('immediate');
    const marked = store.markSeen('b');
    await tls.server.start();
    await marked;
    expect(await store.filterUnseen(['a', 'b', 'c'])).toEqual(['c']);
    expect(await sessions('restarted')).toEqual(ENCRYPTED);
  });

  test('whose certificate expires is away until it is renewed', async () => {
    const store = await openStore({ url: address(TRUSTED), busyTimeoutMs: 100 });
    await store.markSeen('a');
    await tls.present(tls.authority.certify({ name: 'localhost', days: -1 }));
    const reason = async (): Promise<string> => (await errorOf(store.markSeen('b'))).message;
    await expect
      .poll(reason)
      .toContain('no server can be reached: its certificate, or that of its authority, has expired. Renew it');
    await tls.present(tls.authority.certify({ name: 'localhost' }));
    await expect.poll(() => store.filterUnseen(['a', 'c'])).toEqual(['c']);
  });
});
