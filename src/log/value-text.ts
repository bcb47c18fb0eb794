import { beginning, clipped } from './clipped.ts';
import { errorText, isError } from './error-text.ts';

const MAX_TEXT = 500;
/** An error is read by whoever has to mend something. */
const MAX_ERROR = 1500;
const MAX_ELEMENTS = 20;
const MAX_DEPTH = 4;

/** A value of a log line as text, not yet quoted. Undefined for a field that is left out. */
export function valueText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (isError(value)) return clipped(errorText(value), MAX_ERROR);
  return Array.isArray(value) ? listText(value) : shortText(value, MAX_TEXT);
}

/** Sentences are parted by semicolons: they contain commas. */
function listText(values: readonly unknown[]): string {
  const shown: string[] = [];
  let left = MAX_TEXT;
  for (const value of values.slice(0, MAX_ELEMENTS)) {
    if (left <= 0) break;
    const text = shortText(value, left);
    shown.push(text);
    left -= text.length;
  }
  const more = values.length > shown.length ? [`… ${values.length - shown.length} more`] : [];
  return [...shown, ...more].join(shown.some((text) => /[\s,]/u.test(text)) ? '; ' : ',');
}

function shortText(value: unknown, max: number): string {
  const plain = toPlain(value, [], { left: max });
  if (plain === undefined) return 'undefined';
  if (typeof plain === 'string') return clipped(plain, max);
  const text = JSON.stringify(plain);
  // The length of the whole is not known: what would be cut off was not made.
  return text.length <= max ? text : beginning(text, max);
}

/** The characters that a text may still get. */
interface Room {
  left: number;
}

/** Makes of any value one that JSON can hold, as long as there is room in its text. */
function toPlain(value: unknown, around: readonly object[], room: Room): unknown {
  const plain = typeof value === 'object' && value !== null ? objectToPlain(value, around, room) : scalarToPlain(value);
  room.left -= typeof plain === 'string' ? plain.length : 1;
  return plain;
}

function scalarToPlain(value: unknown): unknown {
  if (typeof value === 'function') return `[function ${value.name || 'anonymous'}]`;
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return value;
}

function objectToPlain(value: object, around: readonly object[], room: Room): unknown {
  if (isError(value)) return errorText(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof URL || value instanceof RegExp) return String(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (around.includes(value)) return '[circular]';
  if (around.length >= MAX_DEPTH) return Array.isArray(value) ? '[array]' : '[object]';
  const within = [...around, value];
  if (Array.isArray(value) || value instanceof Set)
    return Array.from(first<unknown>(value, room), (element) => toPlain(element, within, room));
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : entriesOf(value);
  const plain = Array.from(first(entries, room), ([key, one]) => {
    const name = String(key);
    room.left -= name.length;
    return [name, toPlain(one, within, room)] as const;
  });
  return Object.fromEntries(plain);
}

/** The first elements, while there is room. */
function* first<Element>(elements: Iterable<Element>, room: Room): Generator<Element> {
  let count = 0;
  for (const element of elements) {
    if (count >= MAX_ELEMENTS || room.left < 0) return;
    count += 1;
    yield element;
  }
}

/** Reads a property only once it is wanted. */
function* entriesOf(value: object): Generator<[string, unknown]> {
  for (const name of Object.keys(value)) yield [name, Reflect.get(value, name)];
}
