import { decodeFully } from './entities.ts';

/** The facts in the title of a row, '' where it does not give them. */
export interface RowTitle {
  readonly form: string;
  readonly name: string;
  /** Ten digits. */
  readonly cik: string;
  readonly role: string;
}

/** Where the CIK and the role stand, counted from the end: a title is never searched further, however long it is. */
const TAIL_LENGTH = 200;

/** Roles that a title without a CIK ends with. Other parentheses at its end belong to the name. */
const ROLES: ReadonlySet<string> = new Set([
  'filer',
  'reporting',
  'issuer',
  'subject',
  'filed by',
  'depositor',
  'securitizer',
  'issuing entity',
]);

/**
 * Takes a title apart, which reads `FORM - NAME (CIK) (ROLE)`, from both ends: names contain " - " and parentheses of
 * their own. Every part may be missing.
 *
 * @param category The form that the row's category names; '' if it has none. It prevails over the form in the title,
 *   and tells where that ends.
 */
export function readTitle(text: string, category: string): RowTitle {
  const title = decodeFully(text);
  const loose = title.replaceAll(/\s+/g, ' ').trim();
  const { form, rest } = splitForm(loose, category);
  const { name, cik, role } = splitParty(rest);
  const found = category === '' ? form : category;
  return { form: found, name: nameAsSpelled(title, found) ?? name, cik, role };
}

/** The name with every space in it, of a title that reads as it should; undefined for any other. */
function nameAsSpelled(title: string, form: string): string | undefined {
  const tail = / \(\d{10}\) \([^()]*\)$/.exec(title.slice(-TAIL_LENGTH));
  const head = `${form} - `;
  if (tail === null || !title.startsWith(head) || /[^\S ]/.test(title)) return undefined;
  const name = title.slice(head.length, -tail[0].length);
  return name.trim() === '' ? undefined : name;
}

/** A hyphen or a dash with a space beside it. */
const SEPARATOR = /^(?: [-–—:] ?|[-–—:] )/;

function splitForm(title: string, category: string): { readonly form: string; readonly rest: string } {
  if (category !== '' && title.startsWith(category)) {
    const separator = SEPARATOR.exec(title.slice(category.length));
    if (separator !== null) return { form: category, rest: title.slice(category.length + separator[0].length) };
  }
  const [, form, rest] = /^([^a-z]{1,30}?) [-–—] ?(.*)$/.exec(title) ?? [];
  if (form === undefined || rest === undefined || !looksLikeForm(form, category)) return { form: '', rest: title };
  return { form, rest };
}

/** Where the category names the form, a title that begins otherwise may begin with the name. */
function looksLikeForm(text: string, category: string): boolean {
  if (!/^[A-Z\d][A-Z\d/ .-]*$/.test(text)) return false;
  return category === '' || /\d/.test(text) || text.length <= 3;
}

function splitParty(rest: string): Omit<RowTitle, 'form'> {
  const tailStart = Math.max(0, rest.length - TAIL_LENGTH);
  const tail = rest.slice(tailStart);
  const numbered = /^(.*)\((\d{5,10})\) ?(?:\((.*)\))?$/.exec(tail);
  if (numbered !== null) {
    const [, before = '', cik = '', role = ''] = numbered;
    return { name: (rest.slice(0, tailStart) + before).trim(), cik: cik.padStart(10, '0'), role: role.trim() };
  }
  const [, before = '', role = ''] = /^(.*)\(([^()]*)\)$/.exec(tail) ?? [];
  if (!ROLES.has(role.trim().toLowerCase())) return { name: rest, cik: '', role: '' };
  return { name: (rest.slice(0, tailStart) + before).trim(), cik: '', role: role.trim() };
}
