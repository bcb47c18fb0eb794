import { idProblem } from '../../store/ids.ts';
import { isRecord } from '../json-record.ts';

/** The text that JavaScript makes of a value that is not there, or of an object. */
const ACCIDENTAL = /^(?:undefined|null|NaN|Invalid Date|\[object \w+\])$/;

/** Properties of an item that are named, at most. */
const MAX_NAMES = 12;

/** Describes the problem with what `key` has returned for an item; undefined for a key that can be used. */
export function keyProblem(key: unknown, item: unknown): string | undefined {
  if (key === undefined || key === null)
    return `key() must return a text, but returned ${String(key)}${propertiesOf(item)}.`;
  if (typeof key === 'number' || typeof key === 'bigint')
    return `key() must return a text, but returned the number ${key}: use String(…) around it.`;
  if (typeof key !== 'string') return `key() must return a text, but returned ${kindOf(key)}.`;
  if (isAccidental(key))
    return `key() returned the text "${key}", which many items would share: a property is missing${propertiesOf(item)}.`;
  const problem = idProblem(key);
  return problem === undefined ? undefined : `The text that key() returned ${problem}`;
}

/** False for an alias that was never marked, or that would make one item of several. */
export function isAlias(value: unknown): boolean {
  return idProblem(value) === undefined && !isAccidental(String(value));
}

function isAccidental(text: string): boolean {
  return ACCIDENTAL.test(text.trim()) || (text !== '' && text.trim() === '');
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise: it must not be async';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

function propertiesOf(item: unknown): string {
  const names = isRecord(item) ? Object.keys(item) : [];
  if (names.length === 0) return '';
  const more = names.length > MAX_NAMES ? ', …' : '';
  return `. The item has the properties ${names.slice(0, MAX_NAMES).join(', ')}${more}`;
}
