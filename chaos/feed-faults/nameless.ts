import { accessionOf, type Entry } from '../../local/edgar/index.ts';
import type { Random } from '../../local/random.ts';

/** Takes the CIK and the role out of the titles of every fifth filing, more or less, in one run of seven. */
export function withNamelessRows(entries: readonly Entry[], random: Random): readonly Entry[] {
  if (!random.chance(0.15)) return entries;
  const accessions = [...new Set(entries.map(accessionOf))];
  const chosen = new Set(random.sample(accessions, Math.ceil(accessions.length / 5)));
  return entries.map((entry) => (chosen.has(accessionOf(entry)) ? withoutCikAndRole(entry) : entry));
}

function withoutCikAndRole(entry: Entry): Entry {
  return entry.replace(/ \(\d{10}\) \([^()]*\)<\/title>/, '</title>');
}
