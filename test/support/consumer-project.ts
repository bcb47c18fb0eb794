import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Packages that npm puts beside the ones that we name: the container's type, which ours adds to, is from this one. */
const BROUGHT_BY_PEERS = ['@sapphire/pieces'];

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/**
 * Makes the folder a project of somebody's that has installed the package: it has the files that `npm pack` ships, as
 * the last build made them, while everything that they need is a link to the package's own `node_modules`.
 */
export async function makeConsumerProject(folder: string, packageFolder: string): Promise<void> {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: packageFolder,
  });
  const [packed] = JSON.parse(stdout) as [{ readonly filename: string }];
  await run('tar', ['-xzf', packed.filename], { cwd: folder });
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as Manifest;
  const modules = join(folder, 'node_modules');
  const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  for (const needed of [...named, ...BROUGHT_BY_PEERS]) {
    mkdirSync(dirname(join(modules, needed)), { recursive: true });
    symlinkSync(join(packageFolder, 'node_modules', needed), join(modules, needed), 'junction');
  }
  renameSync(join(folder, 'package'), join(modules, manifest.name));
}
