// The packages that a bot brings itself, at the oldest versions that are promised and at the newest.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import manifest from '../../package.json' with { type: 'json' };
import type { ConsumerCase, ConsumerContext } from '../case.ts';
import { npm } from '../support/command.ts';
import { copyBot } from '../support/project.ts';
import { liveTwice } from '../support/two-lives.ts';
import { checking, compileEverywhere } from './types.ts';

type Versions = Readonly<Record<string, string>>;

/** The packages of every bot that uses all of the package. */
const peers = [
  '@sapphire/framework',
  '@sapphire/pieces',
  '@sapphire/plugin-subcommands',
  'discord.js',
  'prom-client',
] as const;

/** The version with which each range of `peerDependencies` begins. */
const floor: Versions = Object.fromEntries(
  peers.map((name) => [name, /\d+\.\d+\.\d+/.exec(manifest.peerDependencies[name])?.[0] ?? '']),
);
const newest: Versions = Object.fromEntries(peers.map((name) => [name, 'latest']));

/** Installs the packages as a bot's own, then ours. Returns the versions that the bot has in the end. */
async function installBeside(versions: Versions, { tarball, folder, signal }: ConsumerContext): Promise<Versions> {
  const own = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const flags = ['--ignore-scripts', '--strict-peer-deps'];
  await npm(['install', ...flags, '--save-exact', ...own], { folder, signal });
  const before = installedVersions(folder);
  loosenRanges(folder);
  await npm(['install', ...flags, tarball], { folder, signal });
  assert.deepEqual(installedVersions(folder), before, 'Our package has moved what the bot had installed.');
  return before;
}

/** Gives a bot whose lockfile holds its packages where they are the ranges that `npm install` writes. */
function loosenRanges(folder: string): void {
  const path = join(folder, 'package.json');
  const { dependencies, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as { dependencies: Versions };
  const loose = Object.fromEntries(Object.entries(dependencies).map(([name, version]) => [name, `^${version}`]));
  writeFileSync(path, JSON.stringify({ ...rest, dependencies: loose }));
}

function installedVersions(folder: string): Versions {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  return Object.fromEntries(peers.map((name) => [name, (read(name) as { version: string }).version]));
}

function describe(versions: Versions): string {
  return peers.map((name) => `${name} ${versions[name]}`).join(', ');
}

/** A case in which a bot with these versions installs the package, and lives twice. */
function living(name: string, bot: 'esm' | 'commonjs', versions: Versions): ConsumerCase {
  async function run(context: ConsumerContext): Promise<string> {
    copyBot(bot, context.folder);
    const installed = await installBeside(versions, context);
    await liveTwice({ args: ['main.js'], ...context });
    return describe(installed);
  }
  return { group: 'peers', name, isQuick: false, run };
}

/** A case in which a bot with these versions is compiled, and with others that its lockfile holds. */
function compiled(name: string, versions: Versions, locked: readonly string[] = []): ConsumerCase {
  async function run(context: ConsumerContext): Promise<string> {
    copyBot('typed', context.folder);
    await installBeside(versions, context);
    const compilers = ['typescript@5.9', '@sapphire/decorators@6', '@types/node@24'];
    await npm(['install', '--ignore-scripts', ...compilers, ...locked], context);
    return await compileEverywhere(checking('typescript', 'own'), {}, context);
  }
  return { group: 'peers', name, isQuick: false, run };
}

export const peersCases: readonly ConsumerCase[] = [
  living('the oldest of each, in ES modules', 'esm', floor),
  living('the oldest of each, in CommonJS', 'commonjs', floor),
  living('the newest of each', 'esm', newest),
  // With the builders of today, discord.js 14.17 does not take its own components.
  compiled('the types of the oldest of each', floor, ['@discordjs/builders@1.10.0']),
  compiled('the types of the newest of each', newest),
];
