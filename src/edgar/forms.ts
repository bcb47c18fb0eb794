import type { Filing } from './filing.ts';

/**
 * Whether a filing is of one of the forms, compared exactly: `8-K` does not match `8-K/A`.
 *
 * @param forms Form names as EDGAR writes them. Empty: every form matches.
 */
export function matchesForms(filing: Pick<Filing, 'form'>, forms: readonly string[]): boolean {
  return forms.length === 0 || forms.includes(filing.form);
}

/**
 * The longest beginning that all forms share: EDGAR's `type=` parameter selects by prefix, so it may narrow a crawl to
 * the pages that matter, but never replaces `matchesForms`. Empty: nothing in common, crawl everything.
 */
export function commonPrefix(forms: readonly string[]): string {
  const [first = '', ...others] = forms;
  let length = first.length;
  while (length > 0 && !others.every((form) => form.startsWith(first.slice(0, length)))) length -= 1;
  return first.slice(0, length);
}
