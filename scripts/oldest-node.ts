// Tests the built package on the oldest Node that it promises to work with: see `npm run test:oldest -- --help`.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import manifest from '../package.json' with { type: 'json' };
import { createProgram, runProgram } from './program.ts';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));

const program = createProgram(
  'test:oldest',
  `Tests the built package on the oldest Node that it promises to work with:
  1. npm installs it into an empty project, which fails where a dependency needs a newer Node
  2. bots in ES modules and in CommonJS use it there, with all flags and bundles that people use, and the store's
     contract is tested against dist/

Node and the dependencies come from the npm registry.`,
  '0 when everything works, 1 when something does not',
).option('--node <version>', 'the version of Node', oldestNode());

/** The version with which `engines` begins: it lists the oldest first. */
function oldestNode(): string {
  const [, version, patch = '.0'] = /(\d+\.\d+)(\.\d+)?/.exec(manifest.engines.node) ?? [];
  return `${version}${patch}`;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** This program's environment, except that `node` means this version. */
function environmentOf(version: string): Environment {
  const args = ['exec', '--yes', `--package=node@${version}`, '--', 'node', '--print', 'process.execPath'];
  const node = execFileSync('npm', args, { encoding: 'utf8' }).trim();
  return { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH']}` };
}

/** Packs the package into the folder, and returns the path of the file. */
function pack(folder: string): string {
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  return join(folder, execFileSync('npm', args, { cwd: packageFolder, encoding: 'utf8' }).trim());
}

/** Runs a command with its output shown. @throws When it fails. */
function run(command: string, args: readonly string[], folder: string, env: Environment): void {
  const { status, error } = spawnSync(command, args, { cwd: folder, env, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with exit code ${status}.`);
}

/** Makes the folder an empty project, and installs the package there. */
function install(folder: string, env: Environment): void {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  run('npm', ['install', '--engine-strict', '--no-audit', '--no-fund', pack(folder)], folder, env);
}

function test(project: string, env: Environment): void {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'scripts/vitest.built.config.ts'];
  const files = ['test/plugins/package.test.ts', 'test/plugins/installed-store.test.ts', 'test/contract'];
  // The threads and processes that the tests start are written in TypeScript.
  const options = '--experimental-strip-types --disable-warning=ExperimentalWarning';
  run('node', [...args, ...files], packageFolder, { ...env, NODE_OPTIONS: options, CONSUMER_PROJECT: project });
}

/** Prints the title of a step, and afterwards how long it took. */
function step<Result>(title: string, work: () => Result): Result {
  console.log(`\n── ${title}`);
  const startedAt = performance.now();
  const result = work();
  console.log(`   done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}

process.exitCode = await runProgram(program, ({ node }) => {
  const folder = mkdtempSync(join(tmpdir(), 'seen-oldest-'));
  try {
    const env = step(`Node ${node} is fetched`, () => environmentOf(node));
    step('The package is installed', () => install(folder, env));
    step('Bots use it, and the store keeps its contract', () => test(folder, env));
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
