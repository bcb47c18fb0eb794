import { DatabaseError } from 'pg';
import { describe, expect, test } from 'vitest';

import { anonymous, explain } from '../../../src/store/postgres/server/explain.ts';
import {
  AttemptTimeoutError,
  breaksConnection,
  isPassing,
  kindOfFailure,
  ReadOnlyServerError,
  type FailureKind,
} from '../../../src/store/postgres/server/failures.ts';

function answer(code: string, message = 'x'): DatabaseError {
  return Object.assign(new DatabaseError(message, 1, 'error'), { code, severity: 'ERROR' });
}

function coded(code: string, syscall?: string): Error {
  return Object.assign(new Error(code), { code, syscall });
}

test.each<[FailureKind, string[]]>([
  ['conflict', ['40001', '40P01', '55P03']],
  ['interrupted', ['57014', '53200', '26000']],
  ['unreachable', ['25006', '57P03', '53300']],
  ['unanswered', ['57P01', '57P02', '57P04', '57P05', '25P03', '25P04', '40003', '08006', '08P01']],
  ['refused', ['42501', '42P01', '23505', '22021', '53100', 'XX000', '0A000']],
])('what the server answers is %s by its code', (kind, codes) => {
  for (const code of codes) expect([code, kindOfFailure(answer(code))]).toEqual([code, kind]);
});

describe('a connection that breaks under a statement leaves it unanswered', () => {
  test.each([
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Received unexpected commandComplete message from backend.',
  ])('as pg says it: %s', (message) => {
    expect(kindOfFailure(new Error(message))).toBe('unanswered');
    expect(breaksConnection(new Error(message))).toBe(true);
  });

  test.each([
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ERR_STREAM_DESTROYED',
    'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  ])('as Node says it: %s', (code) => {
    expect(kindOfFailure(coded(code))).toBe('unanswered');
  });
});

test('a mistake of the program is not repeated', () => {
  expect(kindOfFailure(new TypeError('x is not a function'))).toBe('refused');
  expect(kindOfFailure(coded('ERR_INVALID_ARG_TYPE'))).toBe('refused');
  expect(kindOfFailure('thrown')).toBe('refused');
});

describe('at the start', () => {
  test.each([
    coded('ECONNREFUSED', 'connect'),
    coded('ENOTFOUND', 'getaddrinfo'),
    coded('ENOENT', 'connect'),
    Object.assign(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
    answer('57P03'),
    answer('53300'),
    new Error('Connection terminated due to connection timeout'),
    new Error('timeout expired'),
    new Error('Client has encountered a connection error and is not queryable'),
    anonymous(coded('ENOENT', 'connect')),
    anonymous(new AttemptTimeoutError(5_000)),
  ])('%s may pass', (error) => {
    expect(isPassing(error)).toBe(true);
  });

  test.each([
    coded('ENOENT', 'open'),
    answer('28P01'),
    answer('28000'),
    answer('3D000'),
    answer('08P01', 'unsupported startup parameter: lock_timeout'),
    coded('SELF_SIGNED_CERT_IN_CHAIN'),
    new Error('The server does not support SSL connections'),
    new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
    new ReadOnlyServerError(),
  ])('%s stays', (error) => {
    expect(isPassing(error)).toBe(false);
  });
});

describe('a failure is explained', () => {
  test('by what each of several addresses answered', () => {
    const error = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]);
    expect(explain(error)).toBe(
      'nothing listens at that address. Start the server, or look at host and port (ECONNREFUSED)',
    );
    expect(anonymous(error).message).toBe('ECONNREFUSED; ECONNREFUSED');
  });

  test("in the server's own words where there are no better ones", () => {
    expect(explain(answer('23505', 'duplicate key value'))).toBe('duplicate key value (23505)');
  });

  test.each([
    ['42P01', 'a table of the schema is gone. Restore a backup'],
    ['42883', 'a function of the schema is gone. Restore a backup'],
  ])('by what to do where the schema was dropped: %s', (code, reason) => {
    expect(explain(answer(code))).toContain(reason);
  });

  test('by the settings that name the file of a certificate', () => {
    const error = Object.assign(new Error("ENOENT: no such file or directory, open '/nope.pem'"), { code: 'ENOENT' });
    expect(explain(error)).toBe(
      'a file that sslrootcert, sslcert or sslkey names cannot be read: ' +
        "ENOENT: no such file or directory, open '/nope.pem'",
    );
  });

  test.each([
    ['CERT_NOT_YET_VALID', 'its certificate is not valid yet. Look at the clock of this machine'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate is from an authority that is not known here'],
    ['ERR_OSSL_BAD_DECRYPT', 'the key that sslkey names has a password, which no URL can give'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'the server does not take the certificate that sslcert names'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'the server and this program have no version or cipher of TLS in common'],
    [
      'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
      'the server and this program have no version or cipher of TLS in common',
    ],
  ])('in words, where Node has a code of TLS: %s', (code, reason) => {
    expect(explain(coded(code))).toContain(reason);
    expect(explain(anonymous(coded(code)))).toContain(`(${code})`);
    expect(isPassing(coded(code))).toBe(false);
  });

  test('by what the server says where its code does not tell it, also when its names are hidden', () => {
    const refused = answer(
      '28000',
      'no pg_hba.conf entry for host "10.0.0.9", user "bo"bob", database "b", no encryption',
    );
    expect(explain(refused)).toContain('from here without TLS. If it has TLS, write sslmode=verify-full');
    expect(explain(anonymous(refused))).toBe(explain(refused));
    expect(anonymous(refused).message).not.toContain('bob');
  });

  test('without the name of a user, whatever language the server speaks', () => {
    const german = answer('28P01', 'Passwort-Authentifizierung für Benutzer »bob« fehlgeschlagen');
    expect(explain(german)).toBe('the server does not take the user or the password (28P01)');
    expect(anonymous(german).message).not.toContain('bob');
    expect(anonymous(answer('53300', 'zu viele Verbindungen für Rolle »bob«')).message).not.toContain('bob');
  });
});
