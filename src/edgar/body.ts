import { EdgarPageTooLargeError } from './errors.ts';

/**
 * Reads a response up to `limitBytes`, counted after decompression. What lies beyond is never held in memory: the
 * connection is dropped.
 *
 * @throws {EdgarPageTooLargeError}
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

/** The first `limitBytes` of a response: enough of an error page to recognize it. */
export async function readStart(response: Response, limitBytes: number): Promise<string> {
  let text = '';
  for await (const chunk of chunksOf(response)) {
    text += Buffer.from(chunk).toString('latin1');
    if (text.length >= limitBytes) break;
  }
  return text.slice(0, limitBytes);
}

/** Leaving the loop early cancels the stream, which closes the connection. */
function chunksOf(response: Response): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return response.body ?? [];
}
