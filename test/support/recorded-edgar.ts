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

/** Every form that the recorded crawls and the recorded daily index name. */
export function recordedForms(): Set<string> {
  const forms = new Set<string>();
  for (const name of readdirSync(recordedCrawls, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.xml')) continue;
    const page = Buffer.from(recorded(`crawls/${name}`)).toString('latin1');
    for (const [, form = ''] of page.matchAll(/<category [^>]*term="([^"]+)"/g)) forms.add(form);
  }
  for (const name of readdirSync(`${folder}index`).filter((file) => /^form\..*\.idx$/.test(file))) {
    const [, rows = ''] = Buffer.from(recorded(`index/${name}`))
      .toString('latin1')
      .split(/^-{20,}$/m);
    for (const row of rows.split('\n')) forms.add(row.slice(0, 12).trim());
  }
  forms.delete('');
  return forms;
}
