import { isUserAgent, readForms } from 'sapphire-plugin-seen/edgar';
import {
  databasePathProblem,
  databaseUrlProblem,
  schemaNameProblem,
  SeenConfigError,
} from 'sapphire-plugin-seen/store';
import { z } from 'zod';

/**
 * The kinds of value that a variable can have. Each turns the text of the environment into what the program wants, or
 * says in its message what to set. None repeats the value of a secret.
 */

interface Range {
  readonly min: number;
  readonly max: number;
}

/** A token or key that travels in an HTTP header: visible ASCII, so that no request fails on it later. */
export const secret = () =>
  z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'holds spaces or other characters that no token has. Copy it once more.')
    .meta({ secret: true });

export const snowflake = (hint = '') =>
  parsed('a Discord id of 17 to 20 digits', (text) => (isSnowflake(text) ? text : undefined), { hint });

export const snowflakes = () =>
  parsed('Discord ids of 17 to 20 digits, separated by commas', (text) => {
    const ids = list(text);
    return ids.every(isSnowflake) ? ids : undefined;
  });

/** An address that paths are appended to: a query or a fragment would swallow them. */
export const httpUrl = () =>
  parsed(
    'an http:// or https:// address without a user name, a password, ? or #',
    (text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
      return url.username !== '' || url.password !== '' || /[?#]/.test(text) ? undefined : text.replace(/\/+$/, '');
    },
    { quote: quoteAddress },
  );

const decimal = ({ min, max }: Range) =>
  parsed(`a number above ${min} and at most ${max}`, (text) => decimalWithin(text, { min, max }));

/** A number of days, or `forever`. */
export const days = ({ max }: Pick<Range, 'max'>) =>
  parsed(`a number of days above 0 and at most ${max}, or forever`, (text) =>
    text.toLowerCase() === 'forever' ? Infinity : decimalWithin(text, { min: 0, max }),
  );

/** The path of a database, as far as the text alone can tell. */
export const databasePath = () => checked(databasePathProblem);

/** The URL of a database, as far as the text alone can tell. It has a password. */
export const databaseUrl = () => checked(databaseUrlProblem).meta({ secret: true });

export const schemaName = () => checked(schemaNameProblem);

/** @param problemOf Tells what is wrong with a text; undefined where nothing is. */
const checked = (problemOf: (text: unknown) => string | undefined) =>
  z.string().refine((text) => problemOf(text) === undefined, { error: ({ input }) => problemOf(input) });

/** Seconds in the environment, milliseconds in the program. */
export const seconds = ({ max }: Pick<Range, 'max'>) => decimal({ min: 0, max }).transform((value) => value * 1000);

export const whole = ({ min, max }: Range) =>
  parsed(`a whole number from ${min} to ${max}`, (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });

export const flag = () =>
  z.stringbool({
    truthy: ['true'],
    falsy: ['false'],
    error: ({ input }) => `is ${quote(String(input))}, but must be true or false.`,
  });

/** One of a few words, in capitals or not. `z.enum` would show in its message what the text was turned into. */
export const oneOf = <const Word extends string>(...words: readonly Word[]) =>
  parsed(`one of ${words.join(', ')}`, (text) => words.find((word) => word === text.toLowerCase()));

/** The strategy of the first run: a word, or how many of the newest filings to post. */
export const firstRun = () =>
  parsed('mark, post, or a whole number such as 5', (text) => {
    const word = text.toLowerCase();
    if (word === 'mark' || word === 'post') return word;
    return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
  });

/** Forms by the names that EDGAR has for them. `*` stands for every form, and gives an empty list. */
export const forms = () =>
  z.string().transform((text, context): readonly string[] => {
    const refuse = (reason: string): never => {
      const message = `must be forms separated by commas, such as 8-K,8-K/A, or * for every form. ${reason}`.trimEnd();
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    const names = list(text);
    if (names.length === 0) return refuse('');
    try {
      return readForms(names);
    } catch (error) {
      if (error instanceof SeenConfigError) return refuse(error.message);
      throw error;
    }
  });

/** Requests, tokens or both, that may be spent in a day. The commas of `500,000` separate no parts. */
export const dailyBudget = () =>
  parsed('a number of requests, of tokens, or both, such as 200 requests, 500000 tokens', (text) => {
    const caps = text.split(/(?<!\d)[,;+]|[,;+](?!\d{3})|\band\b/i).map(dailyCap);
    const given = caps.filter((cap) => cap !== undefined);
    const budget: { readonly requests?: number; readonly tokens?: number } = Object.fromEntries(given);
    return given.length === caps.length && Object.keys(budget).length === caps.length ? budget : undefined;
  });

/** A contact for the SEC, which blocks clients that name none. */
export const userAgent = (hint: string) =>
  z.string().refine(isUserAgent, {
    error: ({ input }) =>
      `is ${quote(String(input))}, which holds no e-mail address, or characters other than ASCII. ${hint}`,
  });

/** A kind whose `parse` returns the setting, or `undefined` for a text that is not what is `expected`. */
function parsed<Setting>(
  expected: string,
  parse: (text: string) => Setting | undefined,
  { quote: shown = quote, hint = '' }: { readonly quote?: (text: string) => string; readonly hint?: string } = {},
) {
  return z.string().transform((text, context): Setting => {
    const setting = parse(text);
    if (setting !== undefined) return setting;
    context.addIssue({ code: 'custom', message: `is ${shown(text)}, but must be ${expected}. ${hint}`.trimEnd() });
    return z.NEVER;
  });
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** Quotes an address without what may be secret in it: a user name, a password, a query. */
function quoteAddress(text: string): string {
  return quote(text.replace(/[?#].*$/s, '?…').replace(/\/\/[^/]*@/, '//…@'));
}

function decimalWithin(text: string, { min, max }: Range): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value > min && value <= max ? value : undefined;
}

/** Reads `500,000 tokens`: a whole number above 0, with or without separators of thousands, and its unit. */
function dailyCap(text: string): readonly [unit: 'requests' | 'tokens', cap: number] | undefined {
  const cap = /^\s*(\d{1,3}(?:([,._' \u00A0])\d{3})(?:\2\d{3}){0,2}|\d{1,12})\s*(request|token)s?\s*$/i.exec(text);
  const value = Number((cap?.[1] ?? '').replaceAll(/\D/g, ''));
  if (value === 0) return undefined;
  return [cap?.[3]?.toLowerCase() === 'token' ? 'tokens' : 'requests', value];
}

function isSnowflake(text: string): boolean {
  return /^\d{17,20}$/.test(text);
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
