// Bots that a compiler or a bundler makes, as they run: see `liveTwice`.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ConsumerCase, ConsumerContext } from '../case.ts';
import { runCommand } from '../support/command.ts';
import { botPackages, placeBot } from '../support/project.ts';
import { liveTwice, type Bot } from '../support/two-lives.ts';

const packages = [
  ...botPackages,
  '@sapphire/decorators@6',
  '@swc/cli@0.8',
  '@swc/core@1',
  '@types/node@24',
  'esbuild@0.28',
  'typescript@5.9',
];

type Work = (context: ConsumerContext) => Promise<string | undefined>;

function compiled(name: string, run: Work): ConsumerCase {
  return { group: 'compiled', name, isQuick: false, run };
}

/** Runs one of the bot's installed tools. */
async function tool(name: string, args: readonly string[], { folder, signal }: ConsumerContext): Promise<void> {
  await runCommand(process.execPath, [join(folder, 'node_modules', name), ...args], { folder, signal });
}

/** Places the bot in TypeScript, whose modules become those of the kind. */
async function placeTypeScript(kind: 'module' | 'commonjs', context: ConsumerContext): Promise<void> {
  await placeBot('typescript', packages, context);
  const path = join(context.folder, 'package.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"module"', JSON.stringify(kind)));
}

/** Compiles the bot in TypeScript with tsc, and lets it live twice. */
function byTsc(kind: 'module' | 'commonjs', difference: Partial<Bot> = {}): Work {
  return async (context) => {
    await placeTypeScript(kind, context);
    await tool('typescript/bin/tsc', [], context);
    await liveTwice({ args: ['dist/main.js'], ...context, ...difference });
    return undefined;
  };
}

async function bySwc(context: ConsumerContext): Promise<undefined> {
  await placeTypeScript('module', context);
  await tool('@swc/cli/bin/swc.js', ['src', '--out-dir', 'dist', '--strip-leading-paths'], context);
  await liveTwice({ args: ['dist/main.js'], ...context });
}

/** Bundles with esbuild. Returns the path of the bundle. */
async function bundle(format: 'esm' | 'cjs', options: readonly string[], context: ConsumerContext): Promise<string> {
  await placeBot('bundled', packages, context);
  const file = `out/main.${format === 'esm' ? 'mjs' : 'cjs'}`;
  const args = ['--bundle', '--platform=node', `--format=${format}`, `--outfile=${file}`, '--log-level=error'];
  await tool('esbuild/bin/esbuild', ['main.ts', ...args, ...options], context);
  return file;
}

function bundled(format: 'esm' | 'cjs', options: readonly string[]): Work {
  return async (context) => {
    const file = await bundle(format, options, context);
    await liveTwice({ args: [file], ...context });
    return undefined;
  };
}

/** Bundles the plugin too, which then refuses to open its store, and says what to leave out. */
function refused(format: 'esm' | 'cjs', options: readonly string[]): Work {
  return async (context) => {
    const file = await bundle(format, options, context);
    const { folder, signal } = context;
    const env = { DISCORD_API: 'http://127.0.0.1:9', DISCORD_TOKEN: 'MTA.token.value' };
    const started = runCommand(process.execPath, [file], { folder, signal, env });
    await assert.rejects(started, /Leave sapphire-plugin-seen and better-sqlite3 out of the bundle/);
    return undefined;
  };
}

// The framework knows plugins, and pieces, of its own copy only.
const outside = ['--external:sapphire-plugin-seen', '--external:@sapphire/*', '--external:discord.js'];
const pluginInside = ['--external:better-sqlite3', '--external:discord.js', '--external:@sapphire/*'];

export const compiledCases: readonly ConsumerCase[] = [
  compiled('@ApplyOptions, by tsc to ES modules', byTsc('module')),
  compiled('@ApplyOptions, by tsc to CommonJS', byTsc('commonjs')),
  compiled('with --enable-source-maps', byTsc('module', { args: ['--enable-source-maps', 'dist/main.js'] })),
  compiled('@ApplyOptions, by swc', bySwc),
  compiled('bundled by esbuild to ES modules, all packages outside', bundled('esm', ['--packages=external'])),
  compiled('bundled by esbuild to CommonJS, the plugin, Sapphire and discord.js outside', bundled('cjs', outside)),
  compiled('bundled by esbuild with the plugin inside: refused', refused('esm', pluginInside)),
];
