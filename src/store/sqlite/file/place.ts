import { lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import type { FileSet } from './identity.ts';

/** The volume of the database is not there. Writing now would write beneath the place where it belongs. */
export class PlaceGoneError extends Error {
  constructor(path: string) {
    super(`the volume of ${path} is not there. Mount it again: nothing is written until then`);
  }
}

/**
 * @throws {PlaceGoneError} when another device lies where the files were.
 * @throws When a link was put in the place of the file: its log would be another one, beside what the link leads to.
 */
export function requirePlace({ device }: FileSet, path: string): void {
  if (deviceOf(path) !== device) throw new PlaceGoneError(path);
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (isLink) throw new Error(`${path} is a link now. Start the bot again, so that it uses what the link leads to`);
}

/** The device of the folder; of the one above it, if the folder was deleted. */
export function deviceOf(path: string): number {
  const folder = dirname(path);
  return statSync(folder, { throwIfNoEntry: false })?.dev ?? deviceOf(folder);
}
