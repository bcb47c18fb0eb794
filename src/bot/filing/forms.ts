import { knownForms, type KnownForm } from 'sapphire-plugin-seen/edgar';

/** Beginnings that a form shares only with forms of its kind, for forms newer than the list of those known. */
const BEGINNINGS: readonly (readonly [beginning: string, like: string])[] = [
  ['SCHEDULE 13D', 'SCHEDULE 13D'],
  ['SCHEDULE 13G', 'SCHEDULE 13G'],
  ['SC TO-I', 'SC TO-I'],
  ['SC TO-T', 'SC TO-T'],
  ['SC 14D9', 'SC 14D9'],
  ['SC 13E', 'SC 13E3'],
  ['424', '424B2'],
  ['253G', '253G1'],
  ['CERT', 'CERT'],
  ['N-MFP', 'N-MFP3'],
  ['497', '497'],
  ['485', '485BPOS'],
  ['486', '486BPOS'],
  ['NT ', 'NT-NCEN'],
  ['NT-', 'NT-NCEN'],
];

const UNKNOWN: KnownForm = { words: 'filing', family: 'other' };

/** Names a form: `8-K/A`, but `Form 4`, as a bare number or letter needs the word. */
export function nameOfForm(form: string): string {
  return /^(\d{1,3}|[A-Z])(\/A)?$/.test(form) ? `Form ${form}` : form;
}

/** Describes a form, and tells whether it amends an earlier filing. A form that nobody knows is just a filing. */
export function describeForm(form: string): KnownForm & { readonly amended: boolean } {
  const base = form.replace(/\/A$/, '');
  const known = knownForms.get(base) ?? knownForms.get(base.replace(/ POS$/, '')) ?? fromBeginning(base) ?? UNKNOWN;
  return { ...known, amended: base !== form };
}

function fromBeginning(form: string): KnownForm | undefined {
  const like = BEGINNINGS.find(([beginning]) => form.startsWith(beginning))?.[1];
  return like === undefined ? undefined : knownForms.get(like);
}
