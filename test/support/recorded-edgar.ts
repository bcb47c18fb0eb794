import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/edgar/', import.meta.url));

/** Whether the recorded EDGAR responses are beside the project. Tests that need them are skipped, visibly, if not. */
export const hasRecordings = existsSync(folder);

export const recordedCrawls = `${folder}crawls`;

export function recorded(path: string): Uint8Array {
  return readFileSync(`${folder}${path}`);
}

/** The pages of one recorded crawl, in order. */
export function recordedPages(crawl: string): Uint8Array[] {
  const names = readdirSync(`${recordedCrawls}/${crawl}`).filter((name) => /_count100_start\d+\.xml$/.test(name));
  return names.toSorted().map((name) => recorded(`crawls/${crawl}/${name}`));
}
