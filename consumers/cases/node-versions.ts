// The versions of Node that strangers have: those that are too old are told so in a sentence.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { ConsumerCase, ConsumerContext } from '../case.ts';
import { runCommand } from '../support/command.ts';
import { botPackages, placeBot } from '../support/project.ts';
import { withSecondAttempt } from '../support/second-attempt.ts';
import { liveTwice } from '../support/two-lives.ts';

/** The last of each line without Node-API 10, and the first of each with it. */
const tooOld = ['18.20.8', '20.19.5', '22.13.1', '23.5.0'];
const newEnough = ['22.14.0', '23.6.0'];

const packages = [...botPackages, 'fast-xml-parser@5'];

const backup = [join('node_modules', '.bin', 'seen'), 'backup', 'backup.sqlite', '--database', 'data/seen_ids.sqlite'];

/** The versions that are being fetched: npm does not fetch the same one twice at the same time. */
const fetching = new Map<string, Promise<unknown>>();

/** Returns the path of a version of Node, which npm keeps. */
async function fetchNode(version: string, context: ConsumerContext): Promise<string> {
  const turn = Promise.allSettled([fetching.get(version)]).then(() => askForNode(version, context));
  fetching.set(version, turn);
  return await turn;
}

async function askForNode(version: string, { folder, signal }: ConsumerContext): Promise<string> {
  const program = 'process.execPath + " " + process.versions.node';
  const args = ['exec', '--yes', `--package=node@${version}`, '--', 'node', '--print', program];
  const { stdout } = await withSecondAttempt(signal, () => runCommand('npm', args, { folder, signal }));
  const [, path = '', found] = /^(.*) (\S+)$/.exec(stdout.trim()) ?? [];
  assert.equal(found, version, 'The version of the Node that npm fetched');
  return path;
}

async function refuse(version: string, context: ConsumerContext): Promise<undefined> {
  await placeBot('store', packages, context);
  const node = await fetchNode(version, context);
  const sentence = new RegExp(`Node ${version} lacks Node-API 10.* Install Node 22\\.14 .*\\^22\\.14 \\|\\| >=23\\.6`);
  for (const program of ['store.mjs', 'store.cjs', 'login.mjs', 'login.cjs']) {
    const { stdout } = await runCommand(node, [program], context);
    assert.match(stdout.trim().split('\n').at(-1) ?? '', /^SEEN_STORE_OPEN: /, program);
    assert.match(stdout, sentence, program);
    assert.ok(!existsSync(join(context.folder, 'data')), `${program} made a file.`);
  }
  await assert.rejects(runCommand(node, backup, context), (error: Error) => {
    assert.match(error.message, /exit code 1\n/);
    assert.match(error.message, sentence);
    return true;
  });
}

async function work(version: string, context: ConsumerContext): Promise<undefined> {
  await placeBot('store', packages, context);
  const node = await fetchNode(version, context);
  for (const program of ['store.mjs', 'store.cjs']) {
    const { stdout } = await runCommand(node, [program], context);
    assert.equal(stdout, '["b"]\n', program);
  }
  await runCommand(node, backup, context);
}

async function runBot(bot: 'esm' | 'commonjs', version: string, context: ConsumerContext): Promise<undefined> {
  await placeBot(bot, botPackages, context);
  await liveTwice({ args: ['main.js'], node: await fetchNode(version, context), ...context });
}

export const nodeVersionCases: readonly ConsumerCase[] = [
  ...tooOld.map((version) => ({
    group: 'node',
    name: `Node ${version} is told that it is too old`,
    isQuick: false,
    run: (context: ConsumerContext) => refuse(version, context),
  })),
  ...newEnough.map((version) => ({
    group: 'node',
    name: `Node ${version} opens a store and backs it up`,
    isQuick: false,
    run: (context: ConsumerContext) => work(version, context),
  })),
  ...newEnough.flatMap((version) =>
    (['esm', 'commonjs'] as const).map((bot) => ({
      group: 'node',
      name: `Node ${version} runs a bot in ${bot === 'esm' ? 'ES modules' : 'CommonJS'}`,
      isQuick: false,
      run: (context: ConsumerContext) => runBot(bot, version, context),
    })),
  ),
];
