import type { Redactor } from './redact.ts';

/** Limits for one value of a log line. A discord.js structure has thousands of fields, and a line must stay a line. */
const MAX_DEPTH = 6;
const MAX_ENTRIES = 100;
const MAX_TEXT = 8000;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Copies any value into one that JSON can hold, without secrets, with errors and their causes. Never throws. */
export function serialise(value: unknown, redactor: Redactor): Json {
  return new Serialiser(redactor).value(value, 0);
}

class Serialiser {
  readonly #redactor: Redactor;
  /** The objects around the current one: a repeat among them is a cycle. */
  readonly #open = new Set<object>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  value(value: unknown, depth: number): Json {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'object':
        return value === null ? null : this.#guarded(value, depth);
      case 'function':
        return `[function ${value.name || 'anonymous'}]`;
      default:
        return String(value);
    }
  }

  #text(text: string): string {
    const redacted = this.#redactor.text(text);
    return redacted.length > MAX_TEXT ? `${redacted.slice(0, MAX_TEXT)}… (${redacted.length} characters)` : redacted;
  }

  #guarded(value: object, depth: number): Json {
    if (this.#open.has(value)) return '[circular]';
    if (depth >= MAX_DEPTH) return Array.isArray(value) ? '[array]' : `[${value.constructor?.name ?? 'object'}]`;
    this.#open.add(value);
    try {
      return this.#object(value, depth + 1);
    } catch (error) {
      // A getter or a toJSON threw: the line says so, and is written all the same.
      return `[unreadable: ${this.#text(String(error))}]`;
    } finally {
      this.#open.delete(value);
    }
  }

  #object(value: object, depth: number): Json {
    if (value instanceof Error) return this.#error(value, depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof URL || value instanceof RegExp) return this.#text(String(value));
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value) || value instanceof Set) return this.#list([...value], depth);
    if (value instanceof Map || value instanceof Headers || value instanceof URLSearchParams) {
      return this.#fields(
        [...value].map(([key, item]) => [String(key), item]),
        depth,
      );
    }
    if ('toJSON' in value && typeof value.toJSON === 'function') return this.value(value.toJSON(), depth);
    return this.#fields(Object.entries(value), depth);
  }

  #error(error: Error, depth: number): Json {
    const { name, message, stack, cause } = error;
    const own = Object.entries(error).filter(([key]) => !['name', 'message', 'stack', 'cause', 'errors'].includes(key));
    return this.#fields(
      [
        ['type', name === 'Error' ? error.constructor.name : name],
        ['message', message],
        ['stack', stack],
        ...own,
        ['cause', cause],
        ['errors', error instanceof AggregateError ? error.errors : undefined],
      ],
      depth,
    );
  }

  #list(items: readonly unknown[], depth: number): Json {
    const shown = items.slice(0, MAX_ENTRIES).map((item) => this.value(item, depth));
    return items.length > MAX_ENTRIES ? [...shown, `… ${items.length - MAX_ENTRIES} more`] : shown;
  }

  #fields(entries: readonly (readonly [string, unknown])[], depth: number): Json {
    const set = entries.filter(([, value]) => value !== undefined);
    const fields = set.slice(0, MAX_ENTRIES).map(([key, value]) => this.#field(key, value, depth));
    if (set.length > MAX_ENTRIES) fields.push(['…', `${set.length - MAX_ENTRIES} more`]);
    return Object.fromEntries(fields);
  }

  /** Redacts a field by its name, unless it is a number: `max_tokens` and a claim's fencing token are no secrets. */
  #field(key: string, value: unknown, depth: number): [string, Json] {
    const plain = value === null || typeof value === 'number' || typeof value === 'boolean';
    const secret = !plain && this.#redactor.isSecretName(key);
    return [this.#redactor.text(key), secret ? this.#redactor.placeholder : this.value(value, depth)];
  }
}
