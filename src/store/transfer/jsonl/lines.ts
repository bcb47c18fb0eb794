import type { FileHandle } from 'node:fs/promises';

/** Bytes that are read at once. */
const CHUNK_BYTES = 1 << 18;

/** A line of a file, without its end, and its number from 1 on. */
export interface Line {
  readonly text: string;
  readonly number: number;
  /** False for one at the end of a file that was cut off in the middle of it. */
  readonly isWhole: boolean;
}

/**
 * Reads a file line by line. Only a line feed ends a line: Node's own reader takes characters for an end that texts may
 * have in the middle.
 */
export async function* linesOf(file: FileHandle): AsyncGenerator<Line, undefined> {
  let [begun, position, number]: [Buffer[], number, number] = [[], 0, 0];
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const chunk = buffer.subarray(0, bytesRead);
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const text = Buffer.concat([...begun, chunk.subarray(start, end)]).toString();
      yield { text, number: (number += 1), isWhole: true };
      begun = [];
      start = end + 1;
    }
    begun.push(chunk.subarray(start));
  }
  const text = Buffer.concat(begun).toString();
  if (text !== '') yield { text, number: number + 1, isWhole: false };
  return undefined;
}

/** The last line of a file; empty for one that does not end with a line feed, because it was cut off. */
export async function lastLine(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const start = Math.max(0, size - CHUNK_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, size - start, start);
  const text = buffer.toString('utf8', 0, bytesRead);
  return text.endsWith('\n') ? (text.trimEnd().split('\n').at(-1) ?? '') : '';
}

/** The value of a line; undefined for one that is no JSON, and so no line of the format. */
export function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
