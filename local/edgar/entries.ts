import type { FeedQuery } from './feed-source.ts';

/** An `<entry>` of the feed, as its text. */
export type Entry = string;

/** Takes the entries out of a page. */
export function entriesOf(page: Uint8Array): Entry[] {
  return [
    ...Buffer.from(page)
      .toString('latin1')
      .matchAll(/<entry>.*?<\/entry>/gs),
  ].map(([entry]) => entry);
}

export function accessionOf(entry: Entry): string {
  return /accession-number=([\d-]+)/.exec(entry)?.[1] ?? '';
}

export function formOf(entry: Entry): string {
  return /<category [^>]*term="([^"]*)"/.exec(entry)?.[1] ?? '';
}

/** Lists the accession numbers of entries, each once. */
export function accessionsOf(entries: readonly Entry[]): string[] {
  return [...new Set(entries.map(accessionOf))].filter((accession) => accession !== '');
}

/** Writes the page of a feed that lists these entries; null past its end, where EDGAR answers 503. */
export function pageOfEntries(entries: readonly Entry[], { start, count, type }: FeedQuery): Uint8Array | null {
  const selected = type === '' ? entries : entries.filter((entry) => formOf(entry).startsWith(type));
  if (start > 0 && start >= selected.length) return null;
  const page = selected.slice(start, start + count).join('\n');
  return Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed>\n${page}\n</feed>`, 'latin1');
}

/** Returns the entries without those of the newest filing: the state of the feed a second before it came. */
export function withoutNewest(entries: readonly Entry[]): Entry[] {
  const newest = accessionOf(entries[0] ?? '');
  return entries.filter((entry) => accessionOf(entry) !== newest);
}
