import { isUserAgent } from 'sapphire-plugin-seen/edgar';
import { z } from 'zod';

/**
 * The kinds of value that a variable can hold. Each turns the text of the environment into what the program wants, and
 * says in its message what to set. None repeats the value of a secret.
 */

interface Range {
  readonly min: number;
  readonly max: number;
}

const quoted = (value: unknown): string => {
  const text = String(value);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
};

/** An address without what may be secret in it: a user name, a password, a query. */
const quotedAddress = (text: string): string => quoted(text.replace(/[?#].*$/s, '?…').replace(/\/\/[^/]*@/, '//…@'));

/** A field whose value `parse` turns into `T`, or refuses with `undefined`. */
function parsed<T>(expected: string, parse: (text: string) => T | undefined, show: (text: string) => string = quoted) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `is ${show(text)}, but must be ${expected}.` });
    return z.NEVER;
  });
}

/** A required text; `missing` says what to set, and why. */
const required = (missing: string) => z.string({ error: `is not set. ${missing}` });

/** A token or key that travels in an HTTP header: visible ASCII, so that no request fails on it later. */
export const secret = (missing: string) =>
  required(missing).regex(/^[\x21-\x7e]+$/, 'holds spaces or other characters that no token has. Copy it once more.');

export const snowflake = (missing: string) =>
  required(missing).refine(isSnowflake, {
    error: ({ input }) => `is ${quoted(input)}, but must be a Discord id of 17 to 20 digits. ${missing}`,
  });

export const optionalSnowflake = parsed('a Discord id of 17 to 20 digits', (text) =>
  isSnowflake(text) ? text : undefined,
);

export const snowflakes = parsed('Discord ids of 17 to 20 digits, separated by commas', (text) => {
  const ids = list(text);
  return ids.every(isSnowflake) ? ids : undefined;
});

/** Paths are put behind it, so a query or a fragment would swallow them. */
export const httpUrl = parsed(
  'an http:// or https:// address without a user name, a password, ? or #',
  (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
    return url.username !== '' || url.password !== '' || /[?#]/.test(text) ? undefined : text.replace(/\/+$/, '');
  },
  quotedAddress,
);

export const decimal = ({ min, max }: Range) =>
  parsed(`a number above ${min} and at most ${max}`, (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return value > min && value <= max ? value : undefined;
  });

export const whole = ({ min, max }: Range) =>
  parsed(`a whole number from ${min} to ${max}`, (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });

export const flag = parsed('true or false', (text) => {
  const word = text.toLowerCase();
  return word === 'true' || word === 'false' ? word === 'true' : undefined;
});

export const oneOf = <const T extends string>(...values: readonly T[]) =>
  parsed(`one of ${values.join(', ')}`, (text) => values.find((value) => value === text.toLowerCase()));

/** The strategy of the first run: a word, or how many of the newest filings to post. */
export const firstRun = parsed('mark, post, or a whole number such as 5', (text) => {
  const word = text.toLowerCase();
  if (word === 'mark' || word === 'post') return word;
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
});

/** EDGAR writes every form in capitals; `*` stands for every form, and gives an empty list. */
export const forms = parsed('forms separated by commas, such as 8-K,8-K/A, or * for every form', (text) => {
  if (text === '*') return [];
  const names = list(text).map((name) => name.toUpperCase().replaceAll(/\s+/g, ' '));
  return names.length > 0 && names.every((name) => /^[A-Z0-9][A-Z0-9 /-]*$/.test(name)) ? names : undefined;
});

/** The SEC blocks clients that do not say who they are and how to reach them. */
export const userAgent = (missing: string) =>
  required(missing).refine(isUserAgent, {
    error: ({ input }) =>
      `is ${quoted(input)}, which holds no e-mail address, or characters other than ASCII. ${missing}`,
  });

function isSnowflake(text: string): boolean {
  return /^\d{17,20}$/.test(text);
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
