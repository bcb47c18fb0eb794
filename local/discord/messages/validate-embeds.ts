import type { FormErrors } from '../api-error.ts';
import { isObject, type JsonObject, objectsIn } from '../json.ts';

const EMBEDS_LIMIT = 10;
const FIELDS_LIMIT = 25;
/** The limit for titles, descriptions, fields, footers and names of authors in all embeds together. */
const TOTAL_LIMIT = 6000;

type Path = readonly (string | number)[];

export function checkEmbeds(errors: FormErrors, embeds: unknown): void {
  if (embeds === undefined || embeds === null) return;
  if (!Array.isArray(embeds))
    return errors.add(['embeds'], 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
  if (embeds.length > EMBEDS_LIMIT)
    errors.add(['embeds'], 'BASE_TYPE_MAX_LENGTH', `Must be ${EMBEDS_LIMIT} or fewer in length.`);
  for (const [index, embed] of embeds.entries()) checkEmbed(errors, ['embeds', index], embed);
  const total = objectsIn(embeds).reduce((sum, embed) => sum + textLength(embed), 0);
  if (total > TOTAL_LIMIT)
    errors.add(['embeds'], 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${TOTAL_LIMIT}`);
}

function checkEmbed(errors: FormErrors, path: Path, embed: unknown): void {
  if (!isObject(embed)) return errors.add(path, 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
  const { author, footer, fields } = embed;
  checkLength(errors, [...path, 'title'], embed['title'], 256);
  checkLength(errors, [...path, 'description'], embed['description'], 4096);
  if (isObject(author)) checkLength(errors, [...path, 'author', 'name'], author['name'], 256);
  if (isObject(footer)) checkLength(errors, [...path, 'footer', 'text'], footer['text'], 2048);
  checkUrls(errors, path, embed);
  if (objectsIn(fields).length > FIELDS_LIMIT)
    errors.add([...path, 'fields'], 'BASE_TYPE_MAX_LENGTH', `Must be ${FIELDS_LIMIT} or fewer in length.`);
  for (const [index, field] of objectsIn(fields).entries()) checkField(errors, [...path, 'fields', index], field);
}

function checkField(errors: FormErrors, path: Path, field: JsonObject): void {
  for (const [key, limit] of [
    ['name', 256],
    ['value', 1024],
  ] as const) {
    const value = field[key];
    if (typeof value !== 'string' || value.trim() === '')
      errors.add([...path, key], 'BASE_TYPE_REQUIRED', 'This field is required');
    else checkLength(errors, [...path, key], value, limit);
  }
}

function checkLength(errors: FormErrors, path: Path, value: unknown, limit: number): void {
  if (typeof value === 'string' && value.length > limit)
    errors.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${limit} or fewer in length.`);
}

function checkUrls(errors: FormErrors, path: Path, embed: JsonObject): void {
  checkUrl(errors, [...path, 'url'], embed['url'], ['http:', 'https:']);
  for (const key of ['image', 'thumbnail']) {
    const media = embed[key];
    if (isObject(media)) checkUrl(errors, [...path, key, 'url'], media['url'], ['http:', 'https:', 'attachment:']);
  }
}

function checkUrl(errors: FormErrors, path: Path, value: unknown, protocols: readonly string[]): void {
  if (value === undefined || value === null || value === '') return;
  if (typeof value !== 'string' || !URL.canParse(value))
    return errors.add(path, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
  if (!protocols.includes(new URL(value).protocol))
    errors.add(path, 'URL_TYPE_INVALID_SCHEME', `Scheme "${new URL(value).protocol}" is not supported.`);
}

function textLength(embed: JsonObject): number {
  const { title, description, author, footer, fields } = embed;
  const parts = [title, description, isObject(author) && author['name'], isObject(footer) && footer['text']];
  const more = objectsIn(fields).flatMap(({ name, value }) => [name, value]);
  return [...parts, ...more].reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0);
}

/** Tells whether the embed shows anything: a colour, a link or a time alone does not. */
export function isVisibleEmbed(embed: JsonObject): boolean {
  return textLength(embed) > 0 || isObject(embed['image']) || isObject(embed['thumbnail']);
}
