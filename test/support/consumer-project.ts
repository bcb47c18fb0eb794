import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll } from 'vitest';

const run = promisify(execFile);

export const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

/** The programs that use the package in somebody's project. */
export const consumers = fileURLToPath(new URL('../plugins/consumers/', import.meta.url));

/** A project that has the package from the registry: see `npm run test:oldest`. */
const installed = process.env['CONSUMER_PROJECT'];

/** True where everything is to be tried, and not only what a change is likely to break. */
export const isThorough = installed !== undefined;

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Has somebody's project, with the package in it, for the tests of a file. Returns its folder, once a test runs. */
export function useConsumerProject(): () => string {
  let project = installed ?? '';
  beforeAll(async () => {
    if (installed !== undefined) return undefined;
    if (!existsSync(join(packageFolder, 'dist/cjs/package.json'))) throw new Error('There is no dist: npm run build.');
    project = realpathSync(mkdtempSync(join(tmpdir(), 'seen-consumer-')));
    await makeConsumerProject(project);
    return () => rmSync(project, { recursive: true, force: true });
  });
  return () => project;
}

/**
 * Makes the folder a project of somebody's that has installed the package: it has the files that `npm pack` ships, as
 * the last build made them, while everything that they need is a link to the package's own `node_modules`.
 */
async function makeConsumerProject(folder: string): Promise<void> {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: packageFolder,
  });
  const [packed] = JSON.parse(stdout) as [{ readonly filename: string }];
  await run('tar', ['-xzf', packed.filename], { cwd: folder });
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as Manifest;
  const modules = join(folder, 'node_modules');
  for (const needed of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    mkdirSync(dirname(join(modules, needed)), { recursive: true });
    symlinkSync(join(packageFolder, 'node_modules', needed), join(modules, needed), 'junction');
  }
  renameSync(join(folder, 'package'), join(modules, manifest.name));
}
