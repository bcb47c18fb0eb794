import { isObject, parseJson, type JsonObject } from '../json.ts';
import { jsonIn, looksLikeJson } from './find-json.ts';

/** A model's words about a filing. */
export interface Answer {
  /** Undefined where the answer has no line of its own for it. */
  readonly headline: string | undefined;
  readonly body: string;
  readonly points: readonly string[];
}

/** The names under which models put what they were asked for, the likeliest first, without case and punctuation. */
const NAMES = {
  headline: ['headline', 'title', 'heading', 'header', 'subject', 'summarytitle', 'alerttitle'],
  body: ['body', 'summary', 'text', 'description', 'content', 'overview', 'paragraph', 'abstract'],
  points: ['points', 'keypoints', 'bulletpoints', 'bullets', 'highlights', 'facts', 'keyfacts', 'takeaways'],
} as const;

/** Names of a body that stand for other things where there is no headline. */
const BODY_BELOW_HEADLINE = ['details', 'message'] as const;

/** Bounds on the search in what wraps an answer, and on what is read of it. */
const MAX = { depth: 5, members: 10, points: 20, text: 20_000 } as const;

/** Members that describe an answer, and are none. */
const SCHEMA_MEMBERS = new Set(['properties', 'schema', 'jsonschema', 'required']);

/**
 * Finds the answer in a JSON value: an object with the members that were asked for, or with names near to theirs; also
 * wrapped in other objects, in a list, or in a string that is JSON itself.
 */
export function answerIn(value: unknown, depth = 0): Answer | undefined {
  if (depth > MAX.depth) return undefined;
  if (typeof value === 'string') return first(jsonOf(value), depth);
  if (Array.isArray(value)) return first(value.slice(0, MAX.members), depth);
  if (!isObject(value) || isError(value)) return undefined;
  const { headline, body, points } = membersOf(value);
  if (headline !== '' && (body !== '' || points.length > 0)) return complete(headline, body, points);
  const wrapped = Object.entries(value).filter(([name]) => !SCHEMA_MEMBERS.has(plainName(name)));
  const inner = first(
    wrapped.slice(0, MAX.members).map(([, member]) => member),
    depth,
  );
  const alone = body || headline;
  return inner ?? (alone === '' ? undefined : { headline: undefined, body: alone, points });
}

/** Tells whether a value says that something failed. */
function isError({ error, errors, status, success }: JsonObject): boolean {
  const failed = typeof status === 'string' && /^(?:error|fail)/i.test(status);
  return failed || success === false || [error, errors].some(isGiven);
}

/** Tells whether a member holds more than nothing in some form. */
function isGiven(member: unknown): boolean {
  return Boolean(typeof member === 'object' && member !== null ? Object.keys(member).length : member);
}

/** The JSON in a string that stands in JSON itself. */
function jsonOf(text: string): Iterable<unknown> {
  return text.length <= MAX.text && looksLikeJson(text) ? jsonIn(text, { whole: true }) : [parseJson(text)];
}

function first(values: Iterable<unknown>, depth: number): Answer | undefined {
  for (const value of values) {
    const answer = answerIn(value, depth + 1);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** An answer without a body has its first point for one. */
function complete(headline: string, body: string, points: readonly string[]): Answer {
  const [firstPoint = '', ...others] = points;
  return body === '' ? { headline, body: firstPoint, points: others } : { headline, body, points };
}

function membersOf(object: JsonObject) {
  const members = new Map(Object.entries(object).map(([name, member]) => [plainName(name), member]));
  const named = (names: readonly string[]): unknown[] => names.map((name) => members.get(name));
  const headline = named(NAMES.headline).map(textOf).find(isFilled) ?? '';
  const bodies = headline === '' ? NAMES.body : [...NAMES.body, ...BODY_BELOW_HEADLINE];
  const body = named(bodies).map(textOf).find(isFilled) ?? '';
  const points =
    named(NAMES.points)
      .map(pointsOf)
      .find((list) => list.length > 0) ?? [];
  return { headline, body, points };
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '');
}

function isFilled(text: string): boolean {
  return text.trim() !== '';
}

/** The text of a member; empty for an object, and for a text that is JSON itself. */
function textOf(member: unknown): string {
  if (typeof member === 'string') return /^\s*[{[]\s*["{]/.test(member) ? '' : member;
  if (typeof member === 'number') return String(member);
  const isTexts = Array.isArray(member) && member.every((part) => typeof part === 'string');
  return isTexts ? member.slice(0, MAX.points).join(' ') : '';
}

function pointsOf(member: unknown): string[] {
  if (typeof member === 'string') return linesOf(member);
  if (Array.isArray(member)) return member.slice(0, MAX.points).map(pointOf).filter(isFilled);
  if (!isObject(member)) return [];
  const entries = Object.entries(member).slice(0, MAX.points);
  return entries.map(([name, value]) => `${name}: ${textOf(value)}`);
}

/** A point, which may be an object such as `{ "label": "Item 2.02", "text": "Results" }`. */
function pointOf(point: unknown): string {
  return isObject(point) ? Object.values(point).map(textOf).filter(isFilled).join(': ') : textOf(point);
}

/** The lines of a text, or the members of the list that it is the JSON of. */
function linesOf(text: string): string[] {
  const list = parseJson(text);
  if (Array.isArray(list)) return pointsOf(list);
  return text
    .split('\n', MAX.points)
    .map((line) => line.trim())
    .filter(isFilled);
}
