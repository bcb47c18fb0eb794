import { readFileSync } from 'node:fs';

/** A section of a document, as somebody reads it who does what it says. Line breaks count as spaces. */
export class DocumentSection {
  readonly #text: string;
  /** The first cells of the rows that nobody has asked for yet. */
  readonly unread: Set<string>;

  private constructor(text: string) {
    this.#text = text;
    this.unread = new Set(this.#rows().map(([condition]) => condition));
  }

  /** The section under a heading, without those below it. */
  static read(path: string, title: string): DocumentSection {
    const [, ...rest] = readFileSync(path, 'utf8').split(new RegExp(`^#+ ${title}$`, 'm'));
    if (rest.length !== 1) throw new Error(`${path} has ${rest.length} sections "${title}".`);
    return new DocumentSection((rest[0] ?? '').split(/^#+ /m)[0] ?? '');
  }

  /** Its numbered steps, in their order. */
  get steps(): DocumentSection[] {
    const steps = this.#text.match(/^\d+\. [^\n]*(?:\n(?:   [^\n]*)?)*/gm) ?? [];
    return steps.map((text) => new DocumentSection(text.replace(/^\d+\./, '')));
  }

  /** The commands on lines of their own, without the program's name. */
  get commands(): string[] {
    return [...this.#text.matchAll(/^ *seen (.*)$/gm)].map(([, command = '']) => command);
  }

  /** The only text in backticks that begins like this. */
  code(start: string): string {
    const prose = this.#text.replaceAll(/^ *```[^`]*```$/gm, '');
    const found = [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll(/\s+/g, ' '));
    const matching = found.filter((code) => code.startsWith(start));
    if (matching.length !== 1) throw new Error(`${matching.length} texts begin with \`${start}\`.`);
    return matching[0] ?? '';
  }

  /** The only message in quotation marks, as a pattern: an ellipsis stands for anything. */
  get quoted(): RegExp {
    const messages = [...this.#text.matchAll(/"([^"]+)"/g)].map(([, message = '']) => message.replaceAll(/\s+/g, ' '));
    if (messages.length !== 1) throw new Error(`${messages.length} messages are quoted.`);
    return new RegExp((messages[0] ?? '').replaceAll(/ ?… ?/g, '.*'));
  }

  /** Makes sure that the section still says what its reader is about to rely on. */
  requireSentence(sentence: string): void {
    if (this.#text.replaceAll(/\s+/g, ' ').includes(sentence)) return;
    throw new Error(`The document no longer says "${sentence}". Do what it says now.`);
  }

  /** The cell beside a condition, in its table: what follows from it. */
  when(condition: string): DocumentSection {
    const row = this.#rows().find(([first]) => first === condition);
    if (row === undefined) throw new Error(`No row of the table says "${condition}".`);
    this.unread.delete(condition);
    return new DocumentSection(row[1]);
  }

  /** Without the head. */
  #rows(): (readonly [condition: string, consequence: string])[] {
    const rows = [...this.#text.matchAll(/^\| (.+?) \| (.+) \|$/gm)];
    return rows.slice(1).map(([, condition = '', consequence = '']) => [condition, consequence]);
  }
}
