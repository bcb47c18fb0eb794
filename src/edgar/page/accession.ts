import type { EntryParts } from './entry-parts.ts';

/**
 * Finds the accession number of a row: in its id, in a link, or after `AccNo:` in its summary; without its dashes only
 * where it is a folder of EDGAR's archive. It is a filing's only key, so none is made up, and one that stands anywhere
 * else, in a name for example, does not count.
 */
export function accessionOf({ id, links, summary }: EntryParts): string | undefined {
  const stated = /\bAccNo\b[^\d]{0,40}([\d-]{20})/i.exec(summary.slice(0, 2000))?.[1] ?? '';
  return firstIn([id, ...links, stated], WITH_DASHES) ?? firstIn([id, ...links], FOLDER);
}

function firstIn(texts: readonly string[], pattern: RegExp): string | undefined {
  for (const text of texts) {
    const [, filer, year, number] = pattern.exec(text.slice(0, 2000)) ?? [];
    if (filer !== undefined) return `${filer}-${year}-${number}`;
  }
  return undefined;
}

const WITH_DASHES = /(?<!\d)(\d{10})-(\d{2})-(\d{6})(?!\d)/;

/** Any other number of 18 digits may be an id of a mirror's own. */
const FOLDER = /\/data\/\d{1,10}\/(\d{10})(\d{2})(\d{6})(?!\d)/;
