import type { Redactor } from './redact.ts';
import { serialise } from './serialise.ts';

/** The arguments of pino's `(object, message)`. */
export interface LogLine {
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** Fields that pino writes itself. Another one of the same name would stand in the line as well, and hide pino's. */
const RESERVED = new Set(['level', 'time', 'pid', 'hostname', 'msg']);

/**
 * Makes pino's arguments of Sapphire's, `(message, error)`, of this project's, `(event, fields)`, and of any other mix.
 *
 * Text and other plain values become the message; the fields of objects become the line's; the first error is `err`.
 */
export function toLine(values: readonly unknown[], redactor: Redactor): LogLine {
  const errors = values.filter((value) => value instanceof Error);
  const objects = values.filter((value) => isPlainObject(value));
  const words = values.filter((value) => !(value instanceof Error) && !isPlainObject(value));
  return {
    fields: { ...fieldsOf(objects, redactor), ...errorsOf(errors, redactor) },
    message: (words.length > 0 ? words : errors.slice(0, 1).map(({ message }) => message))
      .map((word) => toText(word, redactor))
      .join(' '),
  };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || value instanceof Error) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function fieldsOf(objects: readonly object[], redactor: Redactor): Record<string, unknown> {
  const entries = objects.flatMap((object): [string, unknown][] => {
    const shown = serialise(object, redactor);
    // An object that cannot be read is serialised as a text that says so.
    return typeof shown === 'string' ? [['unreadable', shown]] : Object.entries(shown ?? {});
  });
  return Object.fromEntries(entries.map(([key, value]) => [RESERVED.has(key) ? `${key}_` : key, value]));
}

function errorsOf([first, ...others]: readonly Error[], redactor: Redactor): Record<string, unknown> {
  if (first === undefined) return {};
  const err = serialise(first, redactor);
  return others.length === 0 ? { err } : { err, errors: serialise(others, redactor) };
}

function toText(value: unknown, redactor: Redactor): string {
  const shown = serialise(value, redactor);
  return typeof shown === 'string' ? shown : JSON.stringify(shown);
}
