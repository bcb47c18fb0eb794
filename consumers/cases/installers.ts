// Installers other than npm, which lay out packages in ways of their own. The bot runs in Node each time.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CaseSkipped, type ConsumerCase, type ConsumerContext } from '../case.ts';
import { npm, runCommand } from '../support/command.ts';
import { botPackages, copyBot } from '../support/project.ts';
import { withSecondAttempt } from '../support/second-attempt.ts';
import { liveTwice } from '../support/two-lives.ts';

type Kind = 'esm' | 'commonjs';

interface Installer {
  /** The package of the registry that it comes from. */
  readonly source: string;
  /** Files that its project has. */
  readonly files: Readonly<Record<string, string>>;
  /** The arguments that Node is started with before the bot. */
  readonly flags: (kind: Kind) => readonly string[];
  /** The arguments of the installation. */
  readonly args: readonly string[];
}

const guide = readFileSync(fileURLToPath(new URL('../../docs/install.md', import.meta.url)), 'utf8');

/**
 * Returns a code block of docs/install.md.
 *
 * @throws {Error} When there is none in this language that begins so.
 */
function documented(language: string, beginning: string): string {
  const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const found = blocks.find(([, own, code = '']) => own === language && code.startsWith(beginning));
  if (found?.[2] === undefined)
    throw new Error(`docs/install.md has no ${language} block that begins with "${beginning}".`);
  return found[2];
}

const noFlags = (): readonly string[] => [];

const installers = {
  'pnpm, where a package sees only what it names': {
    source: 'pnpm@10',
    files: { '.npmrc': 'node-linker=isolated\nstrict-peer-dependencies=true\nshamefully-hoist=false\n' },
    flags: noFlags,
    args: ['install', '--no-frozen-lockfile'],
  },
  "Yarn with Plug'n'Play": {
    source: '@yarnpkg/cli-dist@4',
    files: { '.yarnrc.yml': `enableTelemetry: false\n${documented('yaml', 'nodeLinker: pnp')}`, 'yarn.lock': '' },
    flags: plugAndPlayFlags,
    args: ['install', '--no-immutable'],
  },
  'Yarn with node_modules': {
    source: '@yarnpkg/cli-dist@4',
    files: { '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n', 'yarn.lock': '' },
    flags: noFlags,
    args: ['install', '--no-immutable'],
  },
  Bun: { source: 'bun@1', files: {}, flags: noFlags, args: ['install'] },
} as const satisfies Readonly<Record<string, Installer>>;

/** Returns the flags of the command for this kind of bot in docs/install.md. */
function plugAndPlayFlags(kind: Kind): readonly string[] {
  const [esm = '', commonjs = ''] = documented('sh', 'node --require').split('\n');
  const words = (kind === 'esm' ? esm : commonjs).replace(/#.*/, '').trim().split(/\s+/);
  return words.slice(1, -1);
}

/** A case in which a bot of the kind is installed so, and lives twice. */
function installed(name: string, { source, files, flags, args }: Installer, kind: Kind): ConsumerCase {
  async function run(context: ConsumerContext): Promise<string> {
    const { folder } = context;
    copyBot(kind, folder);
    await nameDependencies(context);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const version = await install(source, args, context);
    // Node warns that its loaders are experimental.
    await liveTwice({ args: ['--no-warnings', ...flags(kind), 'main.js'], ...context });
    return version;
  }
  return { group: 'installers', name: `${name}, for ${names[kind]}`, isQuick: false, run };
}

const names: Readonly<Record<Kind, string>> = { esm: 'ES modules', commonjs: 'CommonJS' };

/** Writes into the bot's package.json what `add` would. */
async function nameDependencies({ tarball, folder }: ConsumerContext): Promise<void> {
  const path = join(folder, 'package.json');
  const bot = JSON.parse(readFileSync(path, 'utf8')) as object;
  const own = [...botPackages, '@sapphire/pieces'].map((name) => [name, 'latest']);
  const dependencies = { ...Object.fromEntries(own), 'sapphire-plugin-seen': `file:${tarball}` };
  writeFileSync(path, JSON.stringify({ name: 'bot', version: '1.0.0', private: true, ...bot, dependencies }));
}

/**
 * Installs the bot's packages, from the registry that npm uses.
 *
 * @returns The installer's version.
 * @throws {CaseSkipped} When the installer itself cannot be had or started here.
 */
async function install(source: string, args: readonly string[], context: ConsumerContext): Promise<string> {
  const { folder, signal } = context;
  const registry = (await npm(['config', 'get', 'registry'], context)).stdout.trim();
  const env = {
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    // Each run packs another file under the same name and version.
    YARN_ENABLE_GLOBAL_CACHE: 'false',
    npm_config_registry: registry,
  };
  const command = [
    'exec',
    '--yes',
    `--package=${source}`,
    '--',
    source.startsWith('@yarnpkg') ? 'yarn' : nameOf(source),
  ];
  const start = (own: readonly string[]) => runCommand('npm', [...command, ...own], { folder, signal, env });
  let version: string;
  try {
    version = (await withSecondAttempt(signal, () => start(['--version']))).stdout.trim();
  } catch (error) {
    signal.throwIfAborted();
    throw new CaseSkipped(`${source} cannot be started here: ${String(error)}`);
  }
  await withSecondAttempt(signal, () => start(args));
  return version;
}

const nameOf = (source: string): string => source.replace(/@\d.*$/, '');

export const installersCases: readonly ConsumerCase[] = Object.entries(installers).flatMap(([name, installer]) =>
  (['esm', 'commonjs'] as const).map((kind) => installed(name, installer, kind)),
);
