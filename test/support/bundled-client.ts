import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

import { bundleClient } from '../../chaos/bundle-client.ts';

/** Bundles the program of the clients once for all chaos runs of a test file. */
export function bundledClient(program: URL): { readonly path: string } {
  const bundled = { path: '' };
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'seen-client-'));
    bundled.path = await bundleClient(program, folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return bundled;
}
