import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

import { bundleClients } from '../../chaos/bundle-clients.ts';

/** Bundles the programs of the clients once for all chaos runs of a test file. */
export function bundledClients(programs: Readonly<Record<string, URL>>): { readonly folder: string } {
  const bundled = { folder: '' };
  beforeAll(async () => {
    bundled.folder = mkdtempSync(join(tmpdir(), 'seen-client-'));
    await bundleClients(programs, bundled.folder);
  });
  afterAll(() => rmSync(bundled.folder, { recursive: true, force: true }));
  return bundled;
}
