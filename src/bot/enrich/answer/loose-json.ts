/** An object that a person can read as JSON. */
export interface LooseObject {
  readonly value: Readonly<Record<string, unknown>>;
  /** The position after it. */
  readonly end: number;
}

/** Levels of objects and lists below which nothing is read. */
const DEEPEST = 50;

/** Opening quotation marks, and those that close them. */
const QUOTES: Readonly<Record<string, string>> = { '"': '"', "'": "'", '`': '`', '“': '”"', '‘': "’'" };

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\n', b: '', f: '' };

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null, none: null, undefined: null };

/** The gap between two values: white space and comments. */
const GAP = /(?:[\s\u00A0]|\/\/[^\n]*|\/\*[^*]*\*\/)*/y;

/** Follows a quotation mark that ends its string, rather than one within it. */
const AFTER_STRING = /\s{0,50}(?:$|[:}\]]|\/[/*]|,\s{0,50}(?:$|["'`“‘{}[\]]|\/[/*]|[\w-]{1,40}\s{0,10}[:,}\]]))/y;

const BARE_KEY = /[\w$-]{1,60}/y;
const BARE_VALUE = /[^\s,:{}[\]"'`][^,:{}[\]"'`\n]{0,200}(?=[,}\]\n])/y;

/** The text is no JSON, or breaks off within a value. */
class Unreadable extends Error {}

/**
 * Reads the object that begins at `from`: JSON with trailing commas, comments, other quotation marks or none around
 * names, quotation marks and line breaks within strings, words of Python, closing brackets left out. Returns undefined
 * for what is none of these, and for a text that breaks off within a value.
 *
 * It reads every character a fixed number of times, as the text is a stranger's.
 */
export function readLooseObject(text: string, from: number): LooseObject | undefined {
  const reader = new LooseReader(text, from);
  try {
    const value = reader.object(0);
    return { value, end: reader.position };
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class LooseReader {
  position: number;
  readonly #text: string;

  constructor(text: string, position: number) {
    this.#text = text;
    this.position = position;
  }

  object(depth: number): Record<string, unknown> {
    const members: [name: string, value: unknown][] = [];
    this.#listed('}', depth, () => {
      const name = this.#name();
      this.#match(GAP);
      if (!this.#take(':')) throw new Unreadable();
      this.#match(GAP);
      members.push([name, this.#value(depth)]);
    });
    return Object.fromEntries(members);
  }

  #list(depth: number): unknown[] {
    const values: unknown[] = [];
    this.#listed(']', depth, () => values.push(this.#value(depth)));
    return values;
  }

  /** Reads up to the closing bracket, or to the end of a text that left it out. */
  #listed(close: string, depth: number, readMember: () => void): void {
    if (depth > DEEPEST) throw new Unreadable();
    this.position += 1;
    for (;;) {
      this.#match(GAP);
      if (this.#take(',')) continue;
      if (this.#take(close) || this.position >= this.#text.length) return;
      readMember();
    }
  }

  #name(): string {
    return this.#next in QUOTES ? this.#string() : (this.#match(BARE_KEY) ?? this.#fail());
  }

  #value(depth: number): unknown {
    if (this.#next === '{') return this.object(depth + 1);
    if (this.#next === '[') return this.#list(depth + 1);
    if (this.#next in QUOTES) return this.#string();
    const bare = (this.#match(BARE_VALUE) ?? this.#fail()).trim();
    const word = bare.toLowerCase();
    if (Object.hasOwn(WORDS, word)) return WORDS[word];
    return Number.isNaN(Number(bare)) ? bare : Number(bare);
  }

  #string(): string {
    const closing = QUOTES[this.#next] ?? '';
    let string = '';
    for (this.position += 1; this.position < this.#text.length; this.position += 1) {
      const character = this.#next;
      if (character === '\\') string += this.#escaped();
      else if (closing.includes(character) && this.#endsString()) {
        this.position += 1;
        return string;
      } else string += character;
    }
    return this.#fail();
  }

  #escaped(): string {
    this.position += 1;
    const character = this.#next;
    if (character !== 'u') return ESCAPES[character] ?? character;
    const code = Number.parseInt(this.#text.slice(this.position + 1, this.position + 5), 16);
    if (Number.isNaN(code)) return '';
    this.position += 4;
    return String.fromCharCode(code);
  }

  #endsString(): boolean {
    AFTER_STRING.lastIndex = this.position + 1;
    return AFTER_STRING.test(this.#text);
  }

  get #next(): string {
    return this.#text[this.position] ?? '';
  }

  #take(character: string): boolean {
    if (this.#next !== character) return false;
    this.position += 1;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.#text)?.[0];
    this.position += found?.length ?? 0;
    return found;
  }

  #fail(): never {
    throw new Unreadable();
  }
}
