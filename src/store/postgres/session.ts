import type { PostgresClient, PostgresResult, PostgresStatement } from '../postgres-pool.ts';

/** Numbers that PostgreSQL sends as text, because they may be larger than JavaScript's: none of the store's is. */
const numbers: Readonly<Record<number, true>> = { 20: true, 21: true, 23: true, 700: true, 701: true, 1700: true };
const BOOLEAN = 16;
const JSON_TYPE = 114;

/** The store's columns are numbers, booleans, texts, and lists in JSON, whatever parsers the bot has set for its own. */
const types: NonNullable<PostgresStatement['types']> = {
  getTypeParser: (oid) => {
    if (numbers[oid] === true) return Number;
    if (oid === JSON_TYPE) return (text): unknown => JSON.parse(text);
    return oid === BOOLEAN ? (text) => text === 't' : (text) => text;
  },
};

/** One connection, for statements one after the other. Statements name their parameters `$1`, `$2` and so on. */
export class Session {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  async rows<Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const { rows } = await this.#query(text, values);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the statement and its row are written side by side
    return rows as readonly Row[];
  }

  /** The first row. */
  async row<Row>(text: string, values: readonly unknown[] = []): Promise<Row | undefined> {
    const [row] = await this.rows<Row>(text, values);
    return row;
  }

  /**
   * The row of a statement that always has one.
   *
   * @throws Where it has none, since a trigger or a rule of the operator's has kept it out.
   */
  async oneRow<Row>(text: string, values: readonly unknown[] = []): Promise<Row> {
    const row = await this.row<Row>(text, values);
    if (row === undefined) throw new Error('a row is missing. Remove the trigger or the rule that keeps it out');
    return row;
  }

  /** @returns The number of rows that the statement has changed. */
  async run(text: string, values: readonly unknown[] = []): Promise<number> {
    const { rowCount } = await this.#query(text, values);
    return rowCount ?? 0;
  }

  /** @throws Where the server had to roll the transaction back, since one of its statements had failed. */
  async commit(): Promise<void> {
    const { command } = await this.#query('COMMIT', []);
    if (command !== 'COMMIT')
      throw new Error('the transaction was rolled back, since one of its statements had failed');
  }

  /** Several statements without parameters go as one message only where there are no values. */
  #query(text: string, values: readonly unknown[]): Promise<PostgresResult> {
    return this.#client.query(values.length === 0 ? { text, types } : { text, types, values: values.map(toStorable) });
  }
}

/**
 * PostgreSQL refuses U+0000 in a text, and an error or a fingerprint of any origin may have one. No id does, and JSON has
 * it escaped. It becomes the character that a lone surrogate becomes on its way to the server.
 */
function toStorable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toStorable);
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value;
}
