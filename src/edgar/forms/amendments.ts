/** Letters, and what the SEC itself decides or hands out: a second one is a filing of its own. */
const UNAMENDED: ReadonlySet<string> = new Set([
  'CORRESP',
  'UPLOAD',
  'DRSLTR',
  'DOSLTR',
  'EFFECT',
  'QUALIF',
  'REVOKED',
  'STOP ORDER',
  'NO ACT',
  'SEC ACTION',
  'SEC STAFF',
  'SEC STAFF ACTION',
  'SEC STAFF LETTER',
  'ID-NEWCIK',
]);

/** Names the amendment of a form; undefined for a form that has none, or is one itself, such as `ATS-N/MA`. */
export function amendmentOf(form: string): string | undefined {
  return UNAMENDED.has(form) || form.includes('/') ? undefined : `${form}/A`;
}
