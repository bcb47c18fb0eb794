import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/edgar/', import.meta.url));

/**
 * True when the recorded EDGAR responses are beside the project. Without them the tests on recorded data are skipped; in
 * CI, `recordings.test.ts` fails then.
 */
export const hasRecordings = existsSync(folder);

export const recordedCrawls = `${folder}crawls`;

export function recorded(path: string): Uint8Array {
  return readFileSync(`${folder}${path}`);
}

/** Reads the pages of one recorded crawl, in order. */
export function recordedPages(crawl: string): Uint8Array[] {
  const names = readdirSync(`${recordedCrawls}/${crawl}`).filter((name) => /_count100_start\d+\.xml$/.test(name));
  return names.toSorted().map((name) => recorded(`crawls/${crawl}/${name}`));
}
