import type { APIAttachment } from 'discord.js';
import { type JsonObject, objectsIn } from '../json.ts';
import type { UploadedFile } from '../request-body.ts';

/** Returns the attachments of a message after a request: those that the body keeps, and the uploaded ones. */
export function attachmentsAfter(
  body: JsonObject,
  files: readonly UploadedFile[],
  existing: readonly APIAttachment[],
  describe: (file: UploadedFile) => { readonly id: string; readonly url: string },
): readonly APIAttachment[] {
  const named = objectsIn(body['attachments']);
  const kept =
    body['attachments'] === undefined ? existing : existing.filter(({ id }) => named.some((one) => one['id'] === id));
  return [...kept, ...files.map((file) => attach(file, describe(file)))];
}

function attach(file: UploadedFile, { id, url }: { readonly id: string; readonly url: string }): APIAttachment {
  return {
    id,
    url,
    proxy_url: url,
    filename: file.name,
    size: file.bytes.length,
    content_type: file.type,
  };
}
