import { type core, locales } from 'zod/mini';
import { isObject } from '../json.ts';
import { schemaFor } from './body-schemas.ts';

type Issue = core.$ZodIssue;

/** The messages in English, given with every call: as a setting they would apply to the whole process. */
const { localeError: error } = locales.en();

/** Lists the problems, each with its place in the body. Returns undefined when there is no schema for the request. */
export function validateBody(method: string, path: string, body: unknown): readonly string[] | undefined {
  const result = schemaFor(method, path)?.safeParse(body, { error });
  if (!result) return undefined;
  if (result.success) return overlooked(body, result.data);
  return [...new Set(result.error.issues.flatMap((issue) => describe(issue)))];
}

/**
 * Lists what the schemas accept and Discord's own description does not: unknown keys, and fractions.
 *
 * @param parsed The body as the schemas return it: without the keys that they do not know.
 */
function overlooked(sent: unknown, parsed: unknown, path = ''): string[] {
  if (typeof sent === 'number') return Number.isInteger(sent) || mayBeFraction(path) ? [] : [`${path} must be whole`];
  if (Array.isArray(sent) && Array.isArray(parsed))
    return sent.flatMap((item, index) => overlooked(item, parsed[index], `${path}/${index}`));
  if (!isObject(sent) || !isObject(parsed)) return [];
  return Object.keys(sent).flatMap((key) =>
    key in parsed ? overlooked(sent[key], parsed[key], `${path}/${key}`) : [`${path}/${key} is not a known key`],
  );
}

/** The values and limits of a command's number option are the only numbers that need not be whole. */
function mayBeFraction(path: string): boolean {
  return /\/(value|min_value|max_value)$/.test(path);
}

function describe(issue: Issue, above = ''): string[] {
  const path = [above, ...issue.path.map(String)].join('/');
  if (issue.code !== 'invalid_union') return [`${path || '/'} ${issue.message}`];
  const ofItsKind = issue.errors.filter((issues) => !issues.some(isOtherKind));
  const members = ofItsKind.length > 0 ? ofItsKind : issue.errors;
  return members.flat().flatMap((inner) => describe(inner, path));
}

/** Tells that the value was never meant to be this member of the union. */
function isOtherKind({ code, path }: Issue): boolean {
  return (code === 'invalid_type' && path.length === 0) || (code === 'invalid_value' && path.join('.') === 'type');
}
