import type { Filing } from 'sapphire-plugin-seen/edgar';
import { head } from '../../text/clip.ts';

/** Length at which a text is cut before names are looked for. */
const LONGEST = 5000;

/** Parts of names that say nothing about who it is: kinds of companies, and words of which errors are made. */
const COMMON = new Set(
  (
    'and the for inc corp corporation company companies llc ltd limited plc trust fund funds group holdings holding ' +
    'capital partners series new american national international global service services system systems model models ' +
    'error internal server request response rate limit quota user content message provider token tokens key data ' +
    'gateway access sorry input output prompt filing report unknown not filer'
  ).split(' '),
);

/** Tells whether a text is about a filing: it names a party, the form or an item. */
export function isAbout(text: string, { form, parties, items }: Filing): boolean {
  const said = comparable(head(text, LONGEST));
  const words = new Set(said.split(' '));
  if (parties.some(({ name }) => says(said, wholeName(name)) || wordsOf(name).some((word) => words.has(word))))
    return true;
  if (namesForm(said, comparable(form.replace(/\/A$/, '')))) return true;
  return items.some(({ code, title }) => says(said, `item ${comparable(code)}`) || says(said, comparable(title)));
}

/** A name of several words, without the kind of company at its end; '' for one of a single word. */
function wholeName(name: string): string {
  const bare = comparable(name).replace(/ (?:inc|corp|corporation|co|company|llc|ltd|limited|plc|lp)$/, '');
  return bare.includes(' ') ? bare : '';
}

/** The words of a name by which people know its bearer. */
function wordsOf(name: string): string[] {
  return comparable(name)
    .split(' ')
    .filter((word) => (word.length >= 3 || /\p{Lo}/u.test(word)) && !COMMON.has(word));
}

/** A form of one part, such as 4 or 144, needs the word, since a number may stand in every text. */
function namesForm(said: string, form: string): boolean {
  return says(said, /^(?:\d+|[a-z])$/.test(form) ? `form ${form}` : form);
}

function says(said: string, words: string): boolean {
  return words.length > 1 && words !== 'item ' && ` ${said} `.includes(` ${words} `);
}

/** Letters and digits in lower case, with a space for everything between them. */
function comparable(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[’']s\b/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
