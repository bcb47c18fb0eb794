import { open } from 'node:fs/promises';

import { codeOf, reasonOf, SeenInputError, SeenStoreOpenError } from '../../errors.ts';
import type { TransferRow, TransferSource, TransferTable } from '../../port/transfer.ts';
import { MOST_CHARACTERS, sizeOfRow } from '../../row-size.ts';
import { countsOf, headerOf, rowOf, type RowCounts, type TableRow } from './format.ts';
import { lastLine, linesOf, parseLine, type Line } from './lines.ts';

/**
 * Opens a file of JSON lines, whose rows are read in the order in which it has them.
 *
 * @param path Its absolute path.
 * @throws {SeenInputError} for a file that is none, or was cut off.
 * @throws {SeenStoreOpenError} for one that is not there, or cannot be read.
 */
export async function openJsonLines(path: string): Promise<TransferSource> {
  const file = await openFile(path);
  try {
    const lines = linesOf(file);
    const { value: first } = await lines.next();
    const { database: id, token } = headerOf(parseLine(first?.text ?? ''));
    const counts = countsOf(parseLine(await lastLine(file)));
    if (counts === undefined) throw new Error('it was cut off: the line at its end is missing. Export it again');
    const rows = new JsonRows(path, lines, counts);
    return {
      database: { backend: 'jsonl', id, location: path },
      isInUse: false,
      state: undefined,
      read: (table, _after, limit) => rows.read(table, limit),
      countRows: async (tables) => tables.reduce((sum, { name }) => sum + (counts[name] ?? 0), 0),
      token: () => Promise.resolve(token),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw new SeenInputError(`${path} cannot be imported: ${reasonOf(error)}.`, { cause: error });
  }
}

async function openFile(path: string) {
  try {
    return await open(path);
  } catch (cause) {
    const reason =
      codeOf(cause) === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${reasonOf(cause)}.`;
    throw new SeenStoreOpenError(reason, path, { cause });
  }
}

/** The rows of the file. They are read once, table by table. */
class JsonRows {
  readonly #path: string;
  readonly #lines: AsyncGenerator<Line, undefined>;
  readonly #counts: RowCounts;
  readonly #found = new Map<string, number>();
  /** The row that was read last and not asked for yet. */
  #ahead: TableRow | undefined;

  constructor(path: string, lines: AsyncGenerator<Line, undefined>, counts: RowCounts) {
    this.#path = path;
    this.#lines = lines;
    this.#counts = counts;
  }

  async read(table: TransferTable, limit: number): Promise<TransferRow[]> {
    const rows: TransferRow[] = [];
    let size = 0;
    while (rows.length < limit && size < MOST_CHARACTERS) {
      this.#ahead ??= await this.#readLine();
      if (this.#ahead?.table !== table) break;
      const { row } = this.#ahead;
      rows.push(row);
      size += sizeOfRow(row);
      this.#ahead = undefined;
    }
    this.#count(table, rows.length === 0, rows.length);
    return rows;
  }

  /** Counts the rows of a table. Missing ones would be deleted from the target, so every row has to be there. */
  #count({ name }: TransferTable, isEnd: boolean, rows: number): void {
    const found = (this.#found.get(name) ?? 0) + rows;
    this.#found.set(name, found);
    const expected = this.#counts[name] ?? 0;
    if (isEnd ? found !== expected : found > expected) {
      throw new SeenInputError(`${this.#path} has ${found} rows of the table ${name} where ${expected} are announced.`);
    }
  }

  /** @returns Undefined at the line with the counts. */
  async #readLine(): Promise<TableRow | undefined> {
    const { value: line } = await this.#lines.next();
    if (line === undefined) return undefined;
    const content = parseLine(line.text);
    if (countsOf(content) !== undefined) return undefined;
    try {
      return rowOf(content);
    } catch (error) {
      throw new SeenInputError(`Line ${line.number} of ${this.#path} cannot be imported: ${reasonOf(error)}.`, {
        cause: error,
      });
    }
  }
}
