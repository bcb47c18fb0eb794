import type { Redactor } from './redact.ts';
import { serialise } from './serialise.ts';

export interface LogLine {
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** pino writes these itself: a field of the same name would stand twice in the line, and hide pino's. */
const RESERVED = new Set(['level', 'time', 'pid', 'hostname', 'msg']);

/**
 * What pino wants, `(object, message)`, from what Sapphire logs, `(message, error)`, what this project logs,
 * `(event, fields)`, and any other mix.
 *
 * Text and other plain values become the message; the fields of objects become the line's; the first error is `err`.
 */
export function toLine(values: readonly unknown[], redactor: Redactor): LogLine {
  const errors = values.filter((value) => value instanceof Error);
  const objects = values.filter((value) => isRecord(value));
  const words = values.filter((value) => !(value instanceof Error) && !isRecord(value));
  return {
    fields: { ...fieldsOf(objects, redactor), ...errorsOf(errors, redactor) },
    message: (words.length > 0 ? words : errors.slice(0, 1).map(({ message }) => message))
      .map((word) => toText(word, redactor))
      .join(' '),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || value instanceof Error) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function fieldsOf(objects: readonly object[], redactor: Redactor): Record<string, unknown> {
  const entries = objects.flatMap((object): [string, unknown][] => {
    const shown = serialise(object, redactor);
    // An object that cannot be read is shown as a text that says so.
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
