// What else keeps SQLite's native module from being loaded: each is told with what to do, before a file is made.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CaseSkipped, type ConsumerCase, type ConsumerContext } from '../case.ts';
import { npm, runCommand } from '../support/command.ts';
import { copyBot, placeBot } from '../support/project.ts';

/** Runs the programs of both kinds, and returns what they print. */
async function useStores(context: ConsumerContext): Promise<readonly string[]> {
  const outputs = [];
  for (const program of ['store.mjs', 'store.cjs']) {
    outputs.push((await runCommand(process.execPath, [program], context)).stdout.trim());
  }
  return outputs;
}

async function expectRefusal(message: RegExp, context: ConsumerContext): Promise<undefined> {
  for (const output of await useStores(context)) {
    assert.match(output, /^SEEN_STORE_OPEN: /);
    assert.match(output, message);
  }
  assert.ok(!existsSync(join(context.folder, 'data')), 'A file was made.');
}

/** A case in which the installed better-sqlite3 is spoilt. */
function spoilt(name: string, spoil: (driver: string) => void, message: RegExp): ConsumerCase {
  async function run(context: ConsumerContext): Promise<undefined> {
    await placeBot('store', [], context);
    spoil(join(context.folder, 'node_modules/better-sqlite3'));
    await expectRefusal(message, context);
  }
  return { group: 'native module', name, isQuick: true, run };
}

/** Gives each native module another content. The files are replaced, since the installation is shared. */
function rewriteModules(driver: string, rewrite: (content: string) => string): void {
  const folder = join(driver, 'prebuilds');
  for (const name of readdirSync(folder)) {
    const content = rewrite(readFileSync(join(folder, name), 'latin1'));
    rmSync(join(folder, name));
    writeFileSync(join(folder, name), content, 'latin1');
  }
}

/** As it is where glibc is older: the system has no such version of it. */
function askForNewerGlibc(driver: string): void {
  if (process.platform !== 'linux') throw new CaseSkipped('Only Linux has glibc.');
  rewriteModules(driver, (content) => content.replaceAll('GLIBC_2.34', 'GLIBC_9.99'));
}

/** Makes a project of its own, with this package.json, and installs the package and others there. */
async function install(manifest: object, packages: readonly string[], context: ConsumerContext): Promise<void> {
  copyBot('store', context.folder);
  writeFileSync(join(context.folder, 'package.json'), JSON.stringify({ private: true, ...manifest }));
  await npm(['install', '--ignore-scripts', '--legacy-peer-deps', context.tarball, ...packages], context);
}

async function overrideDriver(context: ConsumerContext): Promise<undefined> {
  await install({ overrides: { 'better-sqlite3': '12.11.1' } }, [], context);
  await expectRefusal(/better-sqlite3 is older than this package needs .*Remove what forces that version/, context);
}

async function haveAnotherDriver(context: ConsumerContext): Promise<undefined> {
  await install({}, ['better-sqlite3@12.11.1'], context);
  assert.deepEqual(await useStores(context), ['["b"]', '["b"]']);
}

export const nativeModuleCases: readonly ConsumerCase[] = [
  spoilt(
    'better-sqlite3 is missing',
    (driver) => rmSync(driver, { recursive: true }),
    /better-sqlite3 is not installed, or not all of it \(.*\)\. Install the packages again/,
  ),
  spoilt(
    'better-sqlite3 brings nothing for this system',
    (driver) => rmSync(join(driver, 'prebuilds'), { recursive: true }),
    /no native module for \w+ on \w+\. It brings one for .*elsewhere, compile it/,
  ),
  spoilt(
    'node_modules was copied from another system',
    (driver) => rewriteModules(driver, () => 'of another system'.repeat(100)),
    /is not for this system \(.*\)\. Install the packages on the machine that runs them/,
  ),
  spoilt('glibc is too old', askForNewerGlibc, /needs glibc 2\.34 or later.*Use a newer system or image/),
  { group: 'native module', name: 'an override forces an older better-sqlite3', isQuick: false, run: overrideDriver },
  {
    group: 'native module',
    name: 'the bot has an older better-sqlite3 of its own',
    isQuick: false,
    run: haveAnotherDriver,
  },
];
