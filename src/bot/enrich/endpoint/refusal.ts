import { cleanLine } from '../../text/clean.ts';
import { head } from '../../text/clip.ts';
import { isObject, type JsonObject } from '../json.ts';
import type { Reply } from './reply.ts';

/** A reply that is no completion, in the endpoint's own words. */
export interface Refusal {
  /** Undefined for an error that came with 200 and names no status. */
  readonly status: number | undefined;
  /** True for a web page: of a proxy, a firewall or a login. */
  readonly isPage: boolean;
  /** The words for people; empty for a web page. */
  readonly message: string;
  /**
   * The message without its links, and the codes and names of parameters beside it. The request is not in it, even if
   * it is quoted.
   */
  readonly words: string;
  readonly retryAfterSeconds: number | undefined;
}

/** Members of an error that say why. Others may quote the request. */
const MESSAGES = ['message', 'msg', 'detail', 'error', 'status_msg', 'error_description', 'raw'] as const;
const CODES = ['code', 'type', 'param', 'status', 'reason', 'reasons', 'loc', 'quotaId'] as const;

/** Members that hold further such objects. */
const NESTED = [
  'error',
  'errors',
  'detail',
  'details',
  'metadata',
  'innererror',
  'choices',
  'base_resp',
  'violations',
] as const;

/** A link: the words in it are those of a path, and say nothing about the refusal. */
const LINK = /https?:\/\/\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\/\S*/g;

/** Bounds on what is read: a message is short. */
const MAX = { depth: 8, members: 10, text: 4000 } as const;

/** Reads what an endpoint says about a request that it did not answer. */
export function readRefusal({ status, text, values, retryAfterSeconds }: Reply): Refusal {
  const isPage = /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(text);
  const said = isPage ? '' : text;
  const found = values.slice(0, MAX.members);
  const messages = found.length === 0 ? [said] : textsIn(found, MESSAGES, 0);
  const message = cleanLine(head([...new Set(messages)].join(': '), MAX.text));
  const codes = cleanLine(head(textsIn(found, CODES, 0).join(' '), MAX.text));
  return { status, isPage, message, words: `${message} ${codes}`.replaceAll(LINK, ' '), retryAfterSeconds };
}

function textsIn(value: unknown, names: readonly string[], depth: number): string[] {
  if (depth > MAX.depth) return [];
  if (Array.isArray(value)) return value.slice(0, MAX.members).flatMap((member) => textsIn(member, names, depth + 1));
  if (!isObject(value)) return [];
  const own = names.flatMap((name) => wordsOf(value, name));
  return [...own, ...NESTED.flatMap((name) => textsIn(value[name], names, depth + 1))];
}

function wordsOf(object: JsonObject, name: string): string[] {
  const value = object[name];
  const words = Array.isArray(value) ? value.filter((word) => typeof word === 'string').join('.') : value;
  return typeof words === 'string' || typeof words === 'number' ? [String(words)].filter((word) => word !== '') : [];
}
