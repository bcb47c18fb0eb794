import { sep } from 'node:path';
import { inspect } from 'node:util';

import { SeenConfigError } from './errors.ts';

/** A kind of text that names no file, although a file system would often take it for one. */
interface Mistake {
  readonly pattern: RegExp;
  /** Ends the sentence that begins with the name of the setting. */
  readonly problem: (path: string) => string;
}

const MEMORY = /^(?:file:)?:memory:/i;
const URL_LIKE = /^["'`]?(?:[a-z][a-z\d+.-]+:\/\/|(?:file|sqlite3?|jdbc|data):)/i;
const QUOTED = /^["'`“”‘’]|["'`“”‘’]$/;
const HOME = /^~(?:[\w.-]*[\\/]|$)/;
const VARIABLE = /\$\{[^}]*\}?|\$\([^)]*\)?|(?<=^|[\\/])(?:\$[a-z_][\w:]*|%[a-z_][\w()]*%(?=[\\/]|$))/i;
const COMMENT = /(?<=\.[a-z]\w*["'`]?)\s+#|\s#\s[^\\/]*$|^#\s/i;
/** Also what is blank or without a width: anywhere in a path, or, where scripts and emoji need it, around a name. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u200B\u2060\u2800\u3164\uFEFF]|(?<=^|[\\/\s])\p{Cf}|\p{Cf}(?=[\\/\s]|$)/u;
const WINDOWS = sep === '/' ? /^[a-z]:\/|\\/i : /(?!)/;
const BESIDE = /(?:-wal|-shm|-journal|\.(?:lock|files|damaged))$/i;
const FOLDER = /(?:^|[\\/])\.{0,2}$/;

const mistakes: readonly Mistake[] = [
  { pattern: /^$/, problem: () => 'is empty. Name a file.' },
  {
    pattern: /^-$/,
    problem: () => 'is "-", but must be a file: standard input and output are not used. Name a file.',
  },
  {
    pattern: MEMORY,
    problem: (path) =>
      `is "${path}", but must be a file: a store in memory has no second thread, and forgets. Name a file.`,
  },
  { pattern: URL_LIKE, problem: (path) => `is a URL (${schemeOf(path)}…), but must be a path. ${pathInstead(path)}` },
  {
    pattern: COMMENT,
    problem: (path) => `is "${path}", but only a shell leaves a comment out. ${withoutComment(path)}`,
  },
  {
    pattern: QUOTED,
    problem: (path) => `is ${path}, with quotation marks around it. Write it without: ${withoutQuotes(path)}`,
  },
  {
    pattern: HOME,
    problem: (path) => `is "${path}", which begins with ~, but only a shell knows what ~ means. ${homeInstead(path)}`,
  },
  {
    pattern: VARIABLE,
    problem: (path) => `is "${path}", but only a shell replaces ${VARIABLE.exec(path)?.[0]}. Write its value instead.`,
  },
  {
    pattern: UNPRINTABLE,
    problem: (path) =>
      `is ${JSON.stringify(path)}, which contains ${codePoint(path)}, a character that cannot be meant. Take it out; in ` +
      'JavaScript, a backslash is written twice.',
  },
  {
    pattern: WINDOWS,
    problem: (path) => `is "${path}", a path of Windows. Write it as it is on this system, with slashes.`,
  },
  {
    pattern: FOLDER,
    problem: (path) => `is "${path}", a folder. Add a file's name: ${path.replace(/[\\/]$/, '')}${sep}seen_ids.sqlite`,
  },
];

/**
 * Returns the path to the file that a setting names, without the white space that files of variables leave around it.
 *
 * @throws {SeenConfigError} naming the setting, when its value cannot mean a file.
 */
export function requireFilePath(name: string, path: unknown): string {
  const problem = databasePathProblem(path);
  if (problem !== undefined || typeof path !== 'string') throw new SeenConfigError(`${name} ${problem}`);
  return path.trim();
}

/**
 * Tells what is wrong with the path of a database, by its text alone: what it leads to is found out when a store is
 * opened there.
 *
 * @returns The end of a sentence that begins with the name of the setting; undefined when nothing is wrong.
 */
export function databasePathProblem(path: unknown): string | undefined {
  if (path instanceof URL) return 'is a URL object, but must be a string. Pass fileURLToPath(url), from node:url.';
  if (typeof path !== 'string') return `must be a string, but is ${inspect(path, { depth: -1 })}.`;
  const trimmed = path.trim();
  return filePathProblem(trimmed) ?? nameBesideProblem(trimmed);
}

/** The same for the path of any file, without the white space around it. */
export function filePathProblem(path: string): string | undefined {
  return mistakes.find(({ pattern }) => pattern.test(path))?.problem(path);
}

function nameBesideProblem(path: string): string | undefined {
  if (!BESIDE.test(path)) return undefined;
  return `is "${path}", a name of the files that lie beside a database. Name the database: ${path.replace(BESIDE, '')}`;
}

function withoutComment(path: string): string {
  const rest = path.slice(0, path.search(COMMENT)).trimEnd();
  return rest === '' ? 'Name a file.' : `Write it without: ${withoutQuotes(rest)}`;
}

function withoutQuotes(path: string): string {
  return path.replace(QUOTED, '').replace(QUOTED, '');
}

/** Nothing after the scheme is repeated: it may be a password. */
function schemeOf(url: string): string {
  return withoutQuotes(url.slice(0, url.indexOf(':') + 1));
}

function pathInstead(url: string): string {
  if (/^["'`]?postgres(?:ql)?:/i.test(url)) return 'SEEN_DB_URL (url) names a database of PostgreSQL.';
  const [, path] = /^(?:file|sqlite3?):(?:\/\/)?([^?#]*)/i.exec(withoutQuotes(url)) ?? [];
  return path === undefined ? 'The store is a SQLite file.' : `Name a file without a scheme. Write: ${path}`;
}

function homeInstead(path: string): string {
  const home = process.env['HOME'] ?? process.env['USERPROFILE'];
  if (home === undefined || !/^~(?:[\\/]|$)/.test(path)) return 'Write the home folder out.';
  return `Write: ${home}${path.slice(1)}`;
}

function codePoint(path: string): string {
  const code = UNPRINTABLE.exec(path)?.[0].codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
