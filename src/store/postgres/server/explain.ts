import { codeOf, reasonOf } from '../../errors.ts';
import { AttemptTimeoutError, sqlStateOf, UnconfirmedCommitsError } from './failures.ts';
import { explainTls } from './tls-failures.ts';

/** Ends of sentences, by the codes of PostgreSQL and Node. */
const explanations: Readonly<Record<string, string>> = {
  '25006': 'the server only reads: it is a standby, or was set to. The URL must lead to the primary',
  '28000':
    'the server does not let this user in from here. Look at the user, at sslmode and sslcert, and at pg_hba.conf on ' +
    'the server',
  '28P01': 'the server does not take the user or the password',
  '3D000': 'the server has no such database. Create it: CREATE DATABASE … ENCODING UTF8',
  '3F000': 'the schema is gone. Restore a backup, or restart the bot, which makes a new one',
  '42P01':
    'a table of the schema is gone. Restore a backup, or drop the schema and restart the bot, which makes a new one',
  '42883':
    'a function of the schema is gone. Restore a backup, or drop the schema and restart the bot, which makes a new one',
  '53100': "the server's disk is full. Free some space there",
  '53200': 'the server is out of memory',
  '53300': 'the server has no connection left. Raise max_connections there, or start fewer programs',
  '54000': 'a name or an id is too long for a key of PostgreSQL. Choose a shorter one',
  '57014': 'the statement was cancelled, or took longer than the limit of the server, of the user or of the pool',
  '57P03': 'the server is starting, stopping or recovering',
  ECONNREFUSED: 'nothing listens at that address. Start the server, or look at host and port',
  ENOTFOUND: 'the name of its host is not known',
  EAI_AGAIN: 'the name of its host cannot be looked up at the moment',
  ETIMEDOUT: 'nothing answers at that address',
  EHOSTUNREACH: 'no route leads to its host',
  ENETUNREACH: 'no route leads to its network',
};

/** The beginning of the reason why a certificate or a key cannot be read. */
const CERTIFICATE = 'a file that sslrootcert, sslcert or sslkey names cannot be read';

/** The beginning of the error of a pool that was ended. */
const POOL_ENDED = 'Cannot use a pool after calling end';

const WITHOUT_TLS =
  'the server does not let this user in from here without TLS. If it has TLS, write sslmode=verify-full; if not, add an ' +
  'entry to pg_hba.conf there';

/** Errors that their code does not tell from others, or that have none. Servers may say theirs in another language. */
const messages: readonly (readonly [RegExp, string])[] = [
  [/^Connection terminated due to connection timeout|^timeout expired/, 'nothing answers at that address'],
  [/^Connection terminated|^Client (?:has encountered|was closed)/, 'the connection was lost'],
  [/does not support SSL/, 'the server has no TLS. Write sslmode=disable, where the network can be trusted'],
  [/establishing an SSL connection$/, 'what listens there is no PostgreSQL server. Look at host and port'],
  [/^no pg_hba\.conf entry .*, no encryption$|^SSL required$|^connection is insecure/, WITHOUT_TLS],
  [/requires a valid client certificate$/, 'the server asks for a certificate of the client. Write sslcert and sslkey'],
  [/^certificate authentication failed/, 'the certificate that sslcert names is for another user'],
  [/^SASL: .*password must be/, 'the server asks for a password, and the URL has none'],
  [/^timeout exceeded/, 'no connection of the pool became free in time'],
];

/** Tells whether the bot has ended the pool that it has lent. */
export function isPoolEnded(error: unknown): boolean {
  return reasonOf(error).startsWith(POOL_ENDED);
}

/** Explains a failure by the end of a sentence, with the code, and without the name of the user. */
export function explain(error: unknown): string {
  const [code] = codesOf(error);
  if (isOfCertificate(error)) return `${CERTIFICATE}: ${reasonOf(error)}`;
  const reason =
    explanationOf(reasonOf(error)) ??
    explanations[code?.startsWith('28') === true && code !== '28P01' ? '28000' : (code ?? '')] ??
    explainTls(code ?? '') ??
    reasonOf(error).replace(/\.$/, '');
  return code === undefined ? reason : `${reason} (${code})`;
}

/** The driver opens no files but those. */
function isOfCertificate(error: unknown): boolean {
  return error instanceof Error && /^(?:E[A-Z]+: .*, open '|EISDIR: )/.test(error.message);
}

function explanationOf(message: string): string | undefined {
  if (message.startsWith(POOL_ENDED)) return 'the bot has ended its pool. Close the store before it';
  return messages.find(([pattern]) => pattern.test(message))?.[1];
}

/**
 * A connection may have tried several addresses: each of them failed, and the error of them all may have no message.
 */
function codesOf(error: unknown): string[] {
  const inner = error instanceof AggregateError ? error.errors : [];
  return [error, ...inner].map((one) => codeOf(one)).filter((code) => code !== '');
}

/** A copy of an error of a connection that names no user and leads to no connection, for logs. */
export function anonymous(error: unknown): Error {
  if (error instanceof AttemptTimeoutError || error instanceof UnconfirmedCommitsError) return error;
  const [code] = codesOf(error);
  const copy = new Error(anonymousMessage(error, code));
  const severity = sqlStateOf(error) === undefined ? {} : { severity: 'ERROR' };
  const syscall = error instanceof Error && 'syscall' in error ? { syscall: error.syscall } : {};
  return code === undefined ? copy : Object.assign(copy, severity, syscall, { code });
}

function anonymousMessage(error: unknown, code: string | undefined): string {
  if (error instanceof AggregateError) return error.errors.map((one) => reasonOf(one)).join('; ');
  const reason = reasonOf(error);
  if (code?.startsWith('28') !== true) return withoutNames(reason);
  // Everything between the first and the last quotation mark: a user's name may contain some.
  return explanationOf(reason) === undefined ? explain(error) : reason.replace(/"[^]*"/, '"…"');
}

/** Hides what is quoted: a server that refuses a user names it, in the quotation marks of its language. */
function withoutNames(message: string): string {
  return message.replaceAll(/["„“«»][^"„“”«»]*["“”«»]/g, '"…"');
}
