import { decodeEntities } from './entities.ts';
import { withoutSections } from './sections.ts';

/** The parts of an `<entry>` as text, '' or empty where it has none. Nothing is known of what they say. */
export interface EntryParts {
  readonly title: string;
  readonly id: string;
  readonly updated: string;
  /** HTML. */
  readonly summary: string;
  /** The addresses of its links. */
  readonly links: readonly string[];
  /** The terms of its categories, of which EDGAR gives one: the form. */
  readonly forms: readonly string[];
}

/** Many times the length of an entry, even of one with a name of ten thousand characters. */
const MAX_LENGTH = 1_000_000;

/**
 * Finds the parts of an entry, each by its own tags, however broken the others are: a parser would refuse all of it for
 * one `&`. What nobody escaped is text as it stands. Of several titles, ids, times or summaries, the first one counts.
 */
export function entryParts(text: string): EntryParts {
  const entry = withoutSource(withoutSections(text.slice(0, MAX_LENGTH)));
  return {
    title: textOf(entry, 'title'),
    id: textOf(entry, 'id'),
    updated: textOf(entry, 'updated'),
    summary: textOf(entry, 'summary'),
    links: attributesOf(entry, 'link', 'href'),
    forms: attributesOf(entry, 'category', 'term'),
  };
}

const PREFIX = String.raw`(?:[\w.-]+:)?`;

/** A value in quotes may contain a `>`. */
const ATTRIBUTES = `(?:[^<>"']|"[^"<]*"|'[^'<]*')*`;

const ELEMENTS = '(?:title|link|summary|updated|category|id|published|author|content)';

/** Ends the text of an element that nothing closes: the beginning of another element, or the end of the entry. */
const FOLLOWING = `<${PREFIX}${ELEMENTS}(?=[\\s/>])|</${PREFIX}entry`;

interface TextTags {
  /** Tags that begin the element, the best first. */
  readonly begin: readonly RegExp[];
  readonly end: RegExp;
  /** Text before an end, for an element whose beginning is broken. */
  readonly lost: RegExp;
}

function tagsOf(name: string): TextTags {
  const end = String.raw`</${PREFIX}${name}\s*>`;
  return {
    begin: ['', PREFIX].flatMap((prefix) =>
      [ATTRIBUTES, '[^<>]*'].map((attributes) => new RegExp(`<${prefix}${name}(?=[\\s/>])${attributes}>`)),
    ),
    end: new RegExp(`${end}|${FOLLOWING}`),
    lost: new RegExp(`>([^<>]*)${end}`),
  };
}

const TEXT_TAGS = { title: tagsOf('title'), id: tagsOf('id'), updated: tagsOf('updated'), summary: tagsOf('summary') };

function textOf(entry: string, name: keyof typeof TEXT_TAGS): string {
  const { begin, end, lost } = TEXT_TAGS[name];
  const found = firstMatch(begin, entry);
  if (found === null) return decodeEntities(lost.exec(entry)?.[1] ?? '').trim();
  if (found[0].endsWith('/>')) return '';
  const rest = entry.slice(found.index + found[0].length);
  const raw = rest.slice(0, end.exec(rest)?.index).trim();
  // An end tag with a wrong name is not part of the text.
  return decodeEntities(raw.replace(/<\/[^<>]{0,50}>$/, '')).trim();
}

function firstMatch(patterns: readonly RegExp[], text: string): RegExpExecArray | null {
  for (const pattern of patterns) {
    const found = pattern.exec(text);
    if (found !== null) return found;
  }
  return null;
}

const ATTRIBUTE_TAGS = {
  link: new RegExp(`<${PREFIX}link(?=[\\s/>])([^<>]*)`, 'g'),
  category: new RegExp(`<${PREFIX}category(?=[\\s/>])([^<>]*)`, 'g'),
};

/** A value in quotes, or without them, or without the second one. */
const VALUES = {
  href: /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|["']?([^\s"'>]+))/,
  term: /\sterm\s*=\s*(?:"([^"]*)"|'([^']*)'|["']?([^\s"'>]+))/,
};

function attributesOf(
  entry: string,
  name: keyof typeof ATTRIBUTE_TAGS,
  attribute: keyof typeof VALUES,
): readonly string[] {
  return [...entry.matchAll(ATTRIBUTE_TAGS[name])].flatMap(([, attributes = '']) => {
    const [, double, single, bare] = VALUES[attribute].exec(attributes) ?? [];
    const value = double ?? single ?? bare?.replace(/\/$/, '');
    return value === undefined ? [] : [decodeEntities(value)];
  });
}

/** Drops the feed that an entry says it was taken from, which has a title and an id of its own. */
function withoutSource(entry: string): string {
  const begin = entry.search(/<(?:[\w.-]+:)?source(?=[\s>])/);
  if (begin === -1) return entry;
  const [end] = /<\/(?:[\w.-]+:)?source\s*>/.exec(entry.slice(begin)) ?? [];
  return end === undefined ? entry : entry.slice(0, begin) + entry.slice(entry.indexOf(end, begin) + end.length);
}
