import type { Filing } from './filing.ts';

/** The form of a filing, and every form that its rows name. */
type FormsOf = Pick<Filing, 'form'> & Partial<Pick<Filing, 'forms'>>;

/**
 * Tells whether one of a filing's forms is among the wanted ones, compared exactly: `8-K` does not match `8-K/A`.
 *
 * @param forms Form names as EDGAR writes them. Empty: every form matches.
 */
export function matchesForms({ form, forms: others = [] }: FormsOf, forms: readonly string[]): boolean {
  return forms.length === 0 || [form, ...others].some((one) => forms.includes(one));
}

/**
 * Returns the longest beginning that all forms share, which may be empty. EDGAR's `type=` parameter selects by prefix:
 * it may narrow a crawl to the pages that matter, but never replaces `matchesForms`.
 */
export function commonPrefix(forms: readonly string[]): string {
  const [first = '', ...others] = forms;
  let length = first.length;
  while (length > 0 && !others.every((form) => form.startsWith(first.slice(0, length)))) length -= 1;
  return first.slice(0, length);
}
