import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from './support/command.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

export interface PackOptions {
  /** False to pack what the last build made. */
  readonly build: boolean;
  readonly signal: AbortSignal;
}

/** Packs the package into the folder, and returns the path of the file. */
export async function pack(folder: string, { build, signal }: PackOptions): Promise<string> {
  const options = { folder: repository, signal };
  if (build) await npm(['run', 'build'], options);
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [packed] = JSON.parse((await npm(args, options)).stdout) as [{ readonly filename: string }];
  return join(folder, packed.filename);
}
