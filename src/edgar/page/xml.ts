import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as FastXmlParser from 'fast-xml-parser';

import { SeenConfigError } from '../../store/errors.ts';

/** Only bots that read EDGAR install this package. Whoever imports `sapphire-plugin-seen/edgar` learns of it at once. */
export const { XMLParser, XMLValidator } = load();

/** @throws {SeenConfigError} when the package is not installed. */
function load(): typeof FastXmlParser {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types are those of this package
    return createRequire(placeOfThisModule())('fast-xml-parser') as typeof FastXmlParser;
  } catch (cause) {
    const message = 'sapphire-plugin-seen/edgar needs the package fast-xml-parser: npm install fast-xml-parser@5.';
    throw new SeenConfigError(message, { cause });
  }
}

/** A module of a bundle may not know its own place. Then packages are looked for from the working directory. */
function placeOfThisModule(): string {
  const url: string | undefined = import.meta.url;
  return url ?? join(process.cwd(), 'package.json');
}
