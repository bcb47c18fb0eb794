// Installations where there is neither Python nor a compiler, as in slim images: docs/install.md has what each needs.
import assert from 'node:assert/strict';
import { accessSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CaseSkipped, type ConsumerCase, type ConsumerContext } from '../case.ts';
import { npm, runCommand } from '../support/command.ts';
import { copyBot } from '../support/project.ts';
import { withSecondAttempt } from '../support/second-attempt.ts';

interface Installer {
  /** Its package and version, and the program in it. */
  readonly from: readonly [spec: string, program: string];
  /** True for one that needs no Node to run. */
  readonly isNative?: boolean;
  /** The way to keep it from building the package, in the words of docs/install.md. */
  readonly means: string;
  /** Its arguments without a lockfile, and with one. */
  readonly fresh: readonly string[];
  readonly locked: readonly string[];
  /** The parts of package.json besides the dependency. */
  readonly manifest?: object;
  readonly files?: Readonly<Record<string, string>>;
}

const install = ['install'];
const withoutScripts = ['install', '--ignore-scripts'];
const frozen = ['install', '--frozen-lockfile'];
const yarnrc = { '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n', 'yarn.lock': '' };
const pnpm = 'bin/pnpm.cjs';
const yarn = 'bin/yarn.js';

/** The package with Bun for this system. */
const BUN = `@oven/bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`;

const installers: readonly Installer[] = [
  { from: ['npm@10', 'bin/npm-cli.js'], means: '--ignore-scripts', fresh: install, locked: ['ci', '--ignore-scripts'] },
  {
    from: ['npm@11', 'bin/npm-cli.js'],
    means: 'allowScripts',
    fresh: install,
    locked: ['ci'],
    manifest: { allowScripts: { 'better-sqlite3': false } },
  },
  {
    from: ['npm@11.15', 'bin/npm-cli.js'],
    means: '--ignore-scripts',
    fresh: install,
    locked: ['ci', '--ignore-scripts'],
  },
  { from: ['npm@12', 'bin/npm-cli.js'], means: 'nothing', fresh: install, locked: ['ci'] },
  {
    from: ['yarn@1', yarn],
    means: '--ignore-scripts',
    fresh: withoutScripts,
    locked: [...frozen, '--ignore-scripts'],
  },
  {
    from: ['@yarnpkg/cli-dist@4.9.2', yarn],
    means: 'dependenciesMeta',
    fresh: ['install', '--no-immutable'],
    locked: ['install', '--immutable'],
    manifest: { dependenciesMeta: { 'better-sqlite3': { built: false } } },
    files: yarnrc,
  },
  {
    from: ['@yarnpkg/cli-dist@4', yarn],
    means: 'nothing',
    fresh: ['install', '--no-immutable'],
    locked: ['install', '--immutable'],
    files: yarnrc,
  },
  {
    from: ['pnpm@9', pnpm],
    means: 'neverBuiltDependencies',
    fresh: install,
    locked: frozen,
    manifest: { pnpm: { neverBuiltDependencies: ['better-sqlite3'] } },
  },
  { from: ['pnpm@10', pnpm], means: 'nothing', fresh: install, locked: frozen },
  { from: ['pnpm@11', 'bin/pnpm.mjs'], means: 'nothing', fresh: install, locked: frozen },
  { from: [`${BUN}@1`, 'bin/bun'], isNative: true, means: 'nothing', fresh: install, locked: frozen },
];

/** Leaves the peers out: nothing in them is compiled, and a store alone does not need them. */
const withoutPeers = {
  npm_config_legacy_peer_deps: 'true',
  npm_config_auto_install_peers: 'false',
  pnpm_config_auto_install_peers: 'false',
};

/** The commands that an installer and its scripts may call: all that the path of a slim image is needed for here. */
const COMMANDS = ['sh', 'env', 'uname'];

/** Makes a folder that is the whole path. */
function makePath(folder: string): string {
  mkdirSync(folder);
  symlinkSync(process.execPath, join(folder, 'node'));
  for (const command of COMMANDS) {
    const place = ['/bin', '/usr/bin'].map((each) => join(each, command)).find(exists);
    if (place === undefined) throw new CaseSkipped(`There is no ${command} here.`);
    symlinkSync(place, join(folder, command));
  }
  return folder;
}

function exists(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}

/** Fetches an installer, and returns the path of its program. */
async function fetchInstaller(
  [spec, program]: Installer['from'],
  { folder, signal }: ConsumerContext,
): Promise<string> {
  const place = join(folder, 'installer');
  mkdirSync(place);
  writeFileSync(join(place, 'package.json'), '{ "private": true }\n');
  await npm(['install', '--ignore-scripts', `installer@npm:${spec}`], { folder: place, signal });
  return join(place, 'node_modules/installer', program);
}

function makeProject(folder: string, { manifest, files = {} }: Installer, tarball: string): void {
  copyBot('store', folder);
  const dependencies = { 'sapphire-plugin-seen': `file:${tarball}` };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, ...manifest }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

async function installTwice(installer: Installer, context: ConsumerContext): Promise<undefined> {
  const program = await fetchInstaller(installer.from, context);
  const folder = join(context.folder, 'project');
  mkdirSync(folder);
  makeProject(folder, installer, context.tarball);
  const env = { ...withoutPeers, PATH: makePath(join(context.folder, 'path')), CI: 'true' };
  const options = { folder, signal: context.signal, env };
  for (const args of [installer.fresh, installer.locked]) {
    const command = [...(installer.isNative === true ? [] : [process.execPath]), program, ...args];
    await withSecondAttempt(context.signal, () => runCommand('env', command, options));
    const { stdout } = await runCommand(process.execPath, ['store.mjs'], options);
    assert.equal(stdout, '["b"]\n', `A store after ${args.join(' ')}`);
    for (const made of ['node_modules', 'data']) rmSync(join(folder, made), { recursive: true, force: true });
  }
}

export const withoutPythonCases: readonly ConsumerCase[] = installers.map((installer) => ({
  group: 'without Python',
  name: `${installer.from[0]} with ${installer.means}`,
  isQuick: false,
  run: (context) => installTwice(installer, context),
}));
