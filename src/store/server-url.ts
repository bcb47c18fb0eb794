import { inspect } from 'node:util';

import { SeenConfigError } from './errors.ts';

/** A kind of text that names no database of PostgreSQL. None of the messages repeats what may be a password. */
interface Mistake {
  readonly pattern: RegExp;
  /** Ends the sentence that begins with the name of the setting. */
  readonly problem: (text: string) => string;
}

const FORM = 'postgres://user:password@host:5432/database';
const SCHEME = /^[a-z][a-z\d+.:-]*:\/\//i;
const ASSIGNMENT = /^(?:export\s+)?([A-Z_][A-Z\d_]*)\s*=/i;
const FILE = /^(?:(?:file|sqlite3?):|~?\.{0,2}[\\/]|[a-z]:[\\/])|^[^:@?#]*\.(?:sqlite3?|db3?)$/i;
const SETTINGS_LIST = /^(?:host|hostaddr|port|user|password|dbname|sslmode|service)\s*=/i;
/** Between the scheme and the path, after the user and the password. */
const SEVERAL_HOSTS = /^postgres(?:ql)?:\/\/(?:[^/?#]*@)?[^/?#@]*,[^/?#@]*(?=[/?#]|$)/i;
const BAD_PERCENT = /%(?![\da-f]{2})/i;

const mistakes: readonly Mistake[] = [
  { pattern: /^$/, problem: () => `is empty. Write ${FORM}` },
  { pattern: /^["'`“”‘’]|["'`“”‘’]$/, problem: () => 'has quotation marks around it. Write it without.' },
  {
    pattern: SETTINGS_LIST,
    problem: () => `is a list of settings, but must be a URL. Write ${FORM}`,
  },
  {
    pattern: ASSIGNMENT,
    problem: (text) =>
      `begins with ${ASSIGNMENT.exec(text)?.[0]}, the name of a variable. Write what follows it alone.`,
  },
  { pattern: FILE, problem: () => 'is a file, but must be a URL of PostgreSQL. SEEN_DB_PATH (path) names a file.' },
  { pattern: /^\$/, problem: () => 'begins with $, but only a shell replaces a variable. Write its value instead.' },
  {
    pattern: /^postgres(?:ql)?\+/i,
    problem: (text) => `begins with ${SCHEME.exec(text)?.[0]}, which names a driver of Python. Write postgresql://`,
  },
  {
    pattern: /^postgres(?:ql)?:(?!\/\/)/i,
    problem: () => `lacks the two slashes behind its scheme. Write ${FORM}`,
  },
  {
    pattern: /^(?!postgres(?:ql)?:)/i,
    problem: (text) => `${foundScheme(text)}, but must begin with postgres:// or postgresql://. Write ${FORM}`,
  },
  {
    pattern: /[\s\p{Cc}]/u,
    problem: () => 'has white space in it. Take it out; in a password, write %20 for a space.',
  },
  {
    pattern: SEVERAL_HOSTS,
    problem: () =>
      'names several hosts. Name one that leads to the primary: the name that your cluster gives it, or a proxy before it.',
  },
  {
    pattern: /#/,
    problem: () => 'has a # in it. In the user or the password, write %23 for it; elsewhere, take it out.',
  },
  {
    pattern: BAD_PERCENT,
    problem: () => 'has a % that encodes nothing. In the user or the password, write %25 for it.',
  },
];

/** Modes of TLS as `pg` knows them. It takes `prefer`, `require` and `verify-ca` for `verify-full`. */
const sslModes = ['disable', 'no-verify', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** Values of `ssl`: `pg` takes every other one, `false` too, for a wish for TLS. */
const sslValues = ['0', '1', 'true', 'no-verify'];

/** Tells a database in PostgreSQL from a file. */
export function isPostgresUrl(text: string): boolean {
  return /^postgres(?:ql)?:/i.test(text);
}

/** The URL of a database of PostgreSQL. It is shown, logged and inspected without its user and password. */
export class ServerUrl {
  readonly #href: string;
  /** The database, for people. */
  readonly location: string;

  private constructor(href: string, { protocol, host, pathname, searchParams }: URL) {
    this.#href = href;
    this.location = `${protocol}//${searchParams.get('host') || host || 'localhost'}${pathname}`;
  }

  /**
   * Takes the text of a setting for a URL, without the white space that files of variables leave around it.
   *
   * @throws {SeenConfigError} naming the setting, when its value cannot mean a database of PostgreSQL.
   */
  static require(name: string, value: unknown): ServerUrl {
    const text = typeof value === 'string' ? value.trim() : '';
    const url = parsed(text);
    const problem = databaseUrlProblem(value);
    if (problem !== undefined || url === undefined) throw new SeenConfigError(`${name} ${problem}`);
    return new ServerUrl(text, url);
  }

  /** The URL with its password, for the driver alone. */
  reveal(): string {
    return this.#href;
  }

  toString(): string {
    return this.location;
  }

  toJSON(): string {
    return this.location;
  }
}

/**
 * Finds what is wrong with the URL of a PostgreSQL database, as far as the text alone can tell. Nothing of it is repeated
 * that may be a password.
 *
 * @returns A sentence without its subject, for a message that begins with the name of a setting; undefined where nothing
 *   is wrong.
 * @example
 * databaseUrlProblem('mysql://localhost/bots'); // 'begins with mysql://, but must begin with postgres:// …'
 */
export function databaseUrlProblem(value: unknown): string | undefined {
  if (value instanceof URL) return 'is a URL object, but must be a string. Pass url.href.';
  if (typeof value !== 'string') return `must be a string, but is ${inspect(value, { depth: -1 })}.`;
  const text = value.trim();
  const url = parsed(text);
  const mistake = mistakes.find(({ pattern }) => pattern.test(text));
  return mistake?.problem(text) ?? (url === undefined ? unreadableProblem(text) : partProblem(url));
}

function foundScheme(text: string): string {
  const scheme = SCHEME.exec(text)?.[0];
  return scheme === undefined ? 'names no scheme' : `begins with ${scheme}`;
}

/** A URL may leave out the host although it names a user, where a parameter names a folder of sockets. */
function parsed(text: string): URL | undefined {
  for (const candidate of [text, text.replace('@/', '@localhost/')])
    if (URL.canParse(candidate)) return new URL(candidate);
  return undefined;
}

function unreadableProblem(text: string): string {
  const port = /@[^@/?]*:([^/?]*)/.exec(text)?.[1];
  if (port !== undefined && !/^\d{1,5}$/.test(port))
    return `has a port that is no number from 1 to 65535. Write ${FORM}`;
  return `cannot be read as a URL. In the user and the password, write %2F for /, %3F for ?, %5B for [. Write ${FORM}`;
}

function partProblem({ username, password, pathname, searchParams }: URL): string | undefined {
  if (!isDecodable(username) || !isDecodable(password) || !isDecodable(pathname))
    return 'has a % that encodes no character. In the user or the password, write %25 for it.';
  if (/^\/?$/.test(pathname)) return `names no database. Add its name: ${FORM}`;
  if (pathname.slice(1).includes('/')) return `names a database with a slash in it. Write ${FORM}`;
  return parameterProblem(searchParams);
}

function parameterProblem(parameters: URLSearchParams): string | undefined {
  const mode = parameters.get('sslmode');
  const ssl = parameters.get('ssl');
  const authority = parameters.get('sslrootcert');
  if (parameters.has('schema')) return 'has the parameter schema. SEEN_DB_SCHEMA (schema) names it: take it out there.';
  if (mode !== null && !sslModes.includes(mode)) return `has sslmode=${mode}, but pg knows ${sslModes.join(', ')}.`;
  if (ssl !== null && !sslValues.includes(ssl))
    return `has ssl=${ssl}, which pg takes for a wish for TLS. Write sslmode=verify-full, or sslmode=disable.`;
  if (authority === 'system')
    return 'has sslrootcert=system, which pg takes for a file. Take it out: the authorities that Node knows count then.';
  if (mode === 'verify-ca' && parameters.get('uselibpqcompat') === 'true' && authority === null)
    return 'has sslmode=verify-ca as libpq means it, which needs sslrootcert=FILE. Add it, or write sslmode=verify-full.';
  return undefined;
}

function isDecodable(part: string): boolean {
  try {
    return decodeURIComponent(part) !== undefined;
  } catch {
    return false;
  }
}
