import { EdgarDoctypeError, EdgarMalformedPageError } from '../errors.ts';

/** The text of a page, taken apart. */
export interface PageParts {
  /** Each `<entry>` with all that belongs to it, as it stands on the page, broken ones included. */
  readonly entries: readonly string[];
  /** True if the page ends before its feed does. The entry that was cut off is left out. */
  readonly isCutOff: boolean;
}

/** The tags of entries, and what may contain text that looks like one: comments, CDATA, and declarations (`<!`). */
const TOKENS = /<(\/?)(?:[\w.-]+:)?entry(?=[\s/>])|<!--|-->|<!\[CDATA\[|\]\]>|<!(?=[A-Za-z])/g;

/** A hundred times what EDGAR lists on a page. */
const MAX_ENTRIES = 10_000;

/** Longer than any tag of an entry, which has few attributes or none. */
const MAX_TAG_LENGTH = 500;

const END_OF_FEED = /<\/(?:[\w.-]+:)?feed\s*>/;

/**
 * Takes a page apart without parsing it, so that whatever is wrong with an entry concerns that entry alone: an entry
 * ends where the next one begins, at the latest.
 *
 * @throws {EdgarDoctypeError} for a declaration before the first entry.
 * @throws {EdgarMalformedPageError} for more entries than anybody would list.
 */
export function splitPage(text: string): PageParts {
  const splitter = new Splitter(text);
  for (const match of text.matchAll(TOKENS)) splitter.take(match[0], match[1] === '/', match.index);
  return splitter.end();
}

/** Follows the tags of a page in their order. All that it has to remember are places in the text. */
class Splitter {
  readonly #text: string;
  readonly #entries: string[] = [];
  /** The beginning of the open entry; -1 between entries. */
  #from = -1;
  /** The end of the last entry. */
  #after = 0;
  /** The end of the comment or CDATA that is open; '' outside of any. */
  #sectionEnd = '';
  /** An end of the open entry that stands in a section, and counts if that section is never closed; -1 for none. */
  #possibleEnd = -1;
  /** A declaration before the first entry; -1 for none. */
  #declaredAt = -1;
  /** The text before this is in a comment between entries. */
  #skipTo = 0;
  /** True once the rest of the text is known to close no comment. */
  #isCommentOpenForGood = false;

  constructor(text: string) {
    this.#text = text;
  }

  take(token: string, isEnd: boolean, at: number): void {
    if (at < this.#skipTo) return;
    if (token === '-->' || token === ']]>') this.#closeSection(token);
    else if (token === '<!--' || token === '<![CDATA[') this.#openSection(token, at);
    else if (token === '<!') this.#declare(at);
    else if (isEnd) this.#endAt(this.#afterTag(at));
    else this.#begin(at);
  }

  end(): PageParts {
    if (this.#declaredAt !== -1) {
      throw new EdgarDoctypeError('The page declares a document type or entities, which the feed never does.');
    }
    const last = Math.max(this.#after, this.#from);
    const feedEnd = this.#text.slice(last).search(END_OF_FEED);
    if (this.#from !== -1 && this.#possibleEnd !== -1) this.#push(this.#possibleEnd);
    else if (this.#from !== -1 && feedEnd !== -1) this.#push(last + feedEnd);
    return { entries: this.#entries, isCutOff: feedEnd === -1 };
  }

  #begin(at: number): void {
    // What should have been closed before was not.
    if (this.#from !== -1) this.#push(this.#possibleEnd === -1 ? at : this.#possibleEnd);
    this.#from = at;
    const after = this.#afterTag(at);
    if (this.#text[after - 2] === '/') this.#push(after);
  }

  #endAt(after: number): void {
    if (this.#sectionEnd !== '') {
      if (this.#possibleEnd === -1) this.#possibleEnd = after;
      return;
    }
    if (this.#from === -1) this.#findBeginning(after);
    if (this.#from === -1) this.#after = after;
    else this.#push(after);
  }

  /** Begins an entry whose first tag is broken at its title, which comes first. */
  #findBeginning(end: number): void {
    const text = this.#text.slice(this.#after, end);
    const title = text.lastIndexOf('<title');
    if (title === -1 || !text.includes('<id')) return;
    this.#from = this.#after + title;
    if (this.#declaredAt > this.#from) this.#declaredAt = -1;
  }

  #push(end: number): void {
    if (this.#entries.length === MAX_ENTRIES) {
      throw new EdgarMalformedPageError(
        `The page lists more than ${MAX_ENTRIES} entries, which is no page of the feed.`,
      );
    }
    this.#entries.push(this.#text.slice(this.#from, end));
    this.#after = end;
    this.#from = -1;
    this.#sectionEnd = '';
    this.#possibleEnd = -1;
  }

  #openSection(token: string, at: number): void {
    if (this.#sectionEnd !== '') return;
    if (this.#from !== -1) this.#sectionEnd = token === '<!--' ? '-->' : ']]>';
    else if (token === '<!--') this.#skipComment(at);
  }

  /** A comment that is never closed hides nothing. */
  #skipComment(at: number): void {
    if (this.#isCommentOpenForGood) return;
    const end = this.#text.indexOf('-->', at);
    if (end === -1) this.#isCommentOpenForGood = true;
    else this.#skipTo = end;
  }

  #closeSection(token: string): void {
    if (token !== this.#sectionEnd) return;
    this.#sectionEnd = '';
    this.#possibleEnd = -1;
  }

  /** After the first entry it is text that somebody forgot to escape: there it declares nothing. */
  #declare(at: number): void {
    if (this.#from === -1 && this.#entries.length === 0) this.#declaredAt = at;
  }

  /** A tag that is not closed ends where the next one begins. */
  #afterTag(at: number): number {
    const rest = this.#text.slice(at + 1, at + MAX_TAG_LENGTH);
    const end = rest.search(/[<>]/);
    return at + 1 + (end === -1 ? rest.length : end + Number(rest[end] === '>'));
  }
}
