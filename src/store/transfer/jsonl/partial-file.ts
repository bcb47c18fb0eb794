import { randomUUID } from 'node:crypto';
import { constants, statSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';

import { codeOf, SeenInputError } from '../../errors.ts';
import type { TransferRow, TransferSource, TransferTable } from '../../port/transfer.ts';
import { countsOf, headerLine, headerOf, mayBeginHeader, rowOf, type TableRow } from './format.ts';
import { linesOf, parseLine } from './lines.ts';

/** A link is not followed: it may lead to anything. Windows has no such flag. */
const READ_ONLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** Bytes of an export that was interrupted that are copied at once. */
const COPIED_AT_ONCE = 1 << 18;

/** An export that was interrupted, as far as it can be gone on with. */
interface Begun {
  readonly file: FileHandle;
  /** The end of the last whole row, in bytes. */
  readonly end: number;
  /** The numbers of rows by table. */
  readonly counts: ReadonlyMap<string, number>;
  readonly last: TableRow | undefined;
}

/**
 * A file of JSON lines that is not complete yet.
 *
 * What is under its name is never written into, but replaced: another export that is writing it notices, and ends, and
 * neither of the two gets rows of the other.
 */
export class PartialFile {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #counts: Map<string, number>;
  /** Its end, in bytes. */
  #end = 0;
  /** The last row that was there when it was opened. */
  readonly last: TableRow | undefined;

  /**
   * Goes on with the file that is there when it was made from the same state of the same database, and with a new one
   * otherwise.
   *
   * @param at The time of the export, in milliseconds since the Unix epoch.
   * @throws {SeenInputError} when a file is there that is something else.
   */
  static async open(path: string, source: TransferSource, at: number): Promise<PartialFile> {
    const own = `${path}-${randomUUID().slice(0, 8)}`;
    const earlier = await openEarlier(path);
    try {
      const begun = earlier && (await findBegun(earlier, source));
      // Rows may be private: the file is no less so than a new one of the user's own.
      const file = new PartialFile(path, await open(own, 'wx', 0o600), begun);
      await file.#begin(own, begun, source, at);
      return file;
    } catch (error) {
      await rm(own, { force: true });
      throw error;
    } finally {
      await earlier?.close();
    }
  }

  private constructor(path: string, file: FileHandle, begun: Begun | undefined) {
    this.path = path;
    this.#file = file;
    this.#counts = new Map(begun?.counts);
    this.last = begun?.last;
  }

  /** The number of rows by table. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  get rows(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** @throws {SeenInputError} when another export has taken the name. */
  async append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    await this.requireName(this.path);
    await this.#write(toBytes(lines));
  }

  count({ name }: TransferTable, rows: readonly TransferRow[]): void {
    if (rows.length > 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + rows.length);
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** @throws {SeenInputError} when the name leads to another file than this one. */
  async requireName(name: string): Promise<void> {
    const own = await this.#file.stat({ bigint: true });
    const there = statSync(name, { bigint: true, throwIfNoEntry: false });
    if (there?.dev === own.dev && there.ino === own.ino) return;
    throw new SeenInputError(`${name} was taken by another export. Wait until that one has ended, and start again.`);
  }

  async #begin(own: string, begun: Begun | undefined, source: TransferSource, at: number): Promise<void> {
    try {
      if (begun !== undefined) await this.#copy(begun);
      else await this.#writeHeader(source, at);
      await rename(own, this.path);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Copies what was read, and not what is under its name by now. */
  async #copy({ file, end }: Begun): Promise<void> {
    const chunk = Buffer.alloc(COPIED_AT_ONCE);
    while (this.#end < end) {
      const length = Math.min(chunk.length, end - this.#end);
      const { bytesRead } = await file.read(chunk, 0, length, this.#end);
      if (bytesRead === 0) throw new Error(`${this.path} has become shorter`);
      await this.#write(chunk.subarray(0, bytesRead));
    }
  }

  async #writeHeader(source: TransferSource, at: number): Promise<void> {
    const { backend, id: database } = source.database;
    const header = { backend, database, token: await source.token(), state: source.state ?? null };
    await this.#write(toBytes([headerLine(header, at)]));
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += (await this.#file.write(bytes, written, bytes.length - written, this.#end + written)).bytesWritten;
    }
    this.#end += bytes.length;
  }
}

function toBytes(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`);
}

/**
 * Opens the file that is there, if there is one.
 *
 * @throws {SeenInputError} for one that no export has begun: somebody else's may have the name, and is not replaced.
 */
async function openEarlier(path: string): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, READ_ONLY);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (await isExport(file)) return file;
  await file.close();
  throw new SeenInputError(`${path} is no export that was interrupted. Move it away, or choose another name.`);
}

async function isExport(file: FileHandle): Promise<boolean> {
  if (!(await file.stat()).isFile()) return false;
  const first = await linesOf(file).next();
  return first.done === true || mayBeginHeader(first.value.text);
}

/** @returns Undefined where nothing is there that can be gone on with. */
async function findBegun(file: FileHandle, source: TransferSource): Promise<Begun | undefined> {
  const counts = new Map<string, number>();
  let [end, last]: [number, TableRow | undefined] = [0, undefined];
  for await (const { text, isWhole } of linesOf(file)) {
    const content = isWhole ? parseLine(text) : undefined;
    if (end === 0 && !isOfState(content, source)) return undefined;
    const row = end === 0 || content === undefined ? undefined : rowUnlessEnd(content);
    if (end > 0 && row === undefined) break;
    if (row !== undefined) counts.set(row.table.name, (counts.get(row.table.name) ?? 0) + 1);
    last = row;
    end += Buffer.byteLength(text) + 1;
  }
  return end === 0 ? undefined : { file, end, counts, last };
}

function isOfState(header: unknown, { state, database }: TransferSource): boolean {
  if (state === undefined) return false;
  try {
    const made = headerOf(header);
    return made.state === state && made.database === database.id;
  } catch {
    // It is replaced, and nothing that anybody wanted lies in it: the name is that of a file that is not complete.
    return false;
  }
}

/** Undefined for the line with the counts, which is written anew. */
function rowUnlessEnd(line: unknown): TableRow | undefined {
  return countsOf(line) === undefined ? rowOf(line) : undefined;
}
