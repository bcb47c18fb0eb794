import { EdgarPageTooLargeError } from './errors.ts';

/**
 * Reads a response of at most `limitBytes`, counted after decompression.
 *
 * @throws {EdgarPageTooLargeError} for a longer one. The rest is never read: the connection is closed.
 */
export async function readBody(response: Response, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(response)) {
    size += chunk.byteLength;
    if (size > limitBytes) throw new EdgarPageTooLargeError(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads the first `limitBytes` of a response and closes the connection. */
export async function readStart(response: Response, limitBytes: number): Promise<string> {
  let text = '';
  for await (const chunk of chunksOf(response)) {
    text += Buffer.from(chunk).toString('latin1');
    if (text.length >= limitBytes) break;
  }
  return text.slice(0, limitBytes);
}

/** Iterates over a body. A loop that ends early cancels the stream, which closes the connection. */
function chunksOf(response: Response): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return response.body ?? [];
}
