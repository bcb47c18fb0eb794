const COMMENT = { begin: '<!--', end: '-->' } as const;
const CDATA = { begin: '<![CDATA[', end: ']]>' } as const;

/** Drops an entry's comments, and escapes its CDATA like the rest of its text. A section that is never closed is text. */
export function withoutSections(entry: string): string {
  let at = entry.indexOf('<!');
  if (at === -1) return entry;
  const sections = [new Section(entry, CDATA), new Section(entry, COMMENT)];
  const parts: string[] = [];
  let from = 0;
  while (at !== -1) {
    const { text, after } = replacementAt(at, sections);
    parts.push(entry.slice(from, at), text);
    from = after;
    at = entry.indexOf('<!', from);
  }
  return parts.join('') + entry.slice(from);
}

interface Replacement {
  readonly text: string;
  readonly after: number;
}

function replacementAt(at: number, sections: readonly Section[]): Replacement {
  for (const section of sections) {
    const replacement = section.replacementAt(at);
    if (replacement !== undefined) return replacement;
  }
  return { text: '&lt;!', after: at + 2 };
}

/** One kind of section, and whether the rest of the entry can still close one. */
class Section {
  readonly #entry: string;
  readonly #kind: typeof COMMENT | typeof CDATA;
  #canClose = true;

  constructor(entry: string, kind: typeof COMMENT | typeof CDATA) {
    this.#entry = entry;
    this.#kind = kind;
  }

  /** Undefined where no section of this kind begins, or where it is never closed. */
  replacementAt(at: number): Replacement | undefined {
    const { begin, end } = this.#kind;
    if (!this.#canClose || !this.#entry.startsWith(begin, at)) return undefined;
    const close = this.#entry.indexOf(end, at + begin.length);
    this.#canClose = close !== -1;
    if (close === -1) return undefined;
    const text = this.#kind === CDATA ? escapeText(this.#entry.slice(at + begin.length, close)) : '';
    return { text, after: close + end.length };
  }
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
