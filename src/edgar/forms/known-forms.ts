import { deals, events, ownership, proxies, reports, stakes } from './company-forms.ts';
import type { FormFamily, FormTable } from './form-table.ts';
import { funds } from './fund-forms.ts';
import { notices, others } from './notice-forms.ts';
import { offerings } from './offering-forms.ts';

/** A form in words, and its family. */
export interface KnownForm {
  /** Such as `quarterly report`. */
  readonly words: string;
  readonly family: FormFamily;
}

const TABLES: readonly (readonly [FormFamily, FormTable])[] = [
  ['event', events],
  ['report', reports],
  ['ownership', ownership],
  ['stake', stakes],
  ['proxy', proxies],
  ['deal', deals],
  ['offering', offerings],
  ['fund', funds],
  ['notice', notices],
  ['other', others],
];

/**
 * The forms that EDGAR is known to list, by their exact names, without `/A`: nearly every form may be amended.
 *
 * Sources: the index of forms at https://www.sec.gov/submit-filings/forms-index, the EDGAR Filer Manual, and the forms
 * of recorded feeds.
 */
export const knownForms: ReadonlyMap<string, KnownForm> = new Map(
  TABLES.flatMap(([family, table]) =>
    Object.entries(table).flatMap(([words, forms]) =>
      forms.split(', ').map((form): [string, KnownForm] => [form, { words, family }]),
    ),
  ),
);
