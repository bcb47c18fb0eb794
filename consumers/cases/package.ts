// The package itself: what it contains, and what it promises.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publint } from 'publint';

import type { ConsumerCase, ConsumerContext } from '../case.ts';
import { npm, runCommand } from '../support/command.ts';
import { requireLiveLinks } from '../support/links.ts';
import { botPackages } from '../support/project.ts';

/** The most packages that a news bot may get beside discord.js and the framework, ours included. */
const MOST_ADDED = 5;

type Work = (context: ConsumerContext) => Promise<string | undefined>;

/** A case that looks at the unpacked package. */
function unpacked(name: string, look: (folder: string) => Promise<void> | void): ConsumerCase {
  async function run({ tarball, folder, signal }: ConsumerContext): Promise<undefined> {
    await runCommand('tar', ['-xzf', tarball], { folder, signal });
    await look(join(folder, 'package'));
  }
  return { group: 'package', name, isQuick: true, run };
}

function fromRegistry(name: string, run: Work): ConsumerCase {
  return { group: 'package', name, isQuick: false, run };
}

async function lint(pkgDir: string): Promise<void> {
  const { messages } = await publint({ pkgDir, strict: true, pack: false });
  assert.deepEqual(messages, [], 'What publint complains about');
}

/** A debugger that follows a reference to a map, or one of a map to a source, which is not there warns of every file. */
function requireSourceMaps(folder: string): void {
  const files = globSync('dist/**/*.{js,mjs,cjs,ts}', { cwd: folder });
  assert.notEqual(files.length, 0, 'Number of files in dist');
  const missing = files.filter((file) => {
    const [, map] = /^\/\/# sourceMappingURL=(?!data:)(\S+)/m.exec(readFileSync(join(folder, file), 'utf8')) ?? [];
    return map !== undefined && !existsSync(join(folder, dirname(file), map));
  });
  assert.deepEqual(missing.slice(0, 3), [], `${missing.length} files refer to a source map that is not there`);
  const maps = globSync('dist/**/*.map', { cwd: folder });
  const blind = maps.filter((map) => !hasSources(join(folder, map)));
  assert.deepEqual(blind.slice(0, 3), [], `${blind.length} source maps refer to a source that is not there`);
}

function hasSources(path: string): boolean {
  const {
    sources,
    sourceRoot = '',
    sourcesContent,
  } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly sources: readonly string[];
    readonly sourceRoot?: string;
    readonly sourcesContent?: readonly (string | null)[];
  };
  return sources.every(
    (source, index) =>
      typeof sourcesContent?.[index] === 'string' || existsSync(join(dirname(path), sourceRoot, source)),
  );
}

/** Runs the tool that asks: are the types wrong? */
async function checkTypes({ tarball, folder, signal }: ConsumerContext): Promise<undefined> {
  // With a newer one, the tool finds no files in a package.
  const overrides = { fflate: '0.8.2' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, overrides }));
  await npm(['install', '--ignore-scripts', '@arethetypeswrong/cli@0.18.2'], { folder, signal });
  const program = join(folder, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const check = (...args: string[]) =>
    runCommand(process.execPath, [program, tarball, '--no-color', ...args], { folder, signal });
  await check('--profile', 'node16');
  // The resolution of old compilers, too, is promised for the main entry.
  await check('--profile', 'strict', '--entrypoints', '.');
}

async function countAdded({ tarball, folder, signal }: ConsumerContext): Promise<string> {
  const [discord, framework, subcommands] = botPackages;
  const without = await resolve([discord, framework]);
  const added = (await resolve([tarball, subcommands])).filter((path) => !without.includes(path));
  const names = added.map((path) => path.replace(/^.*node_modules\//, '')).join(', ');
  assert.ok(added.length <= MOST_ADDED, `A news bot gets ${added.length} packages: ${names}.`);
  return `${added.length}: ${names}`;

  /** Returns where the folder's packages would be, with these. */
  async function resolve(packages: readonly string[]): Promise<readonly string[]> {
    await npm(['install', '--package-lock-only', '--ignore-scripts', ...packages], { folder, signal });
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
    return Object.keys(lock.packages).filter((path) => path !== '');
  }
}

export const packageCases: readonly ConsumerCase[] = [
  unpacked('publint --strict finds nothing', lint),
  unpacked('every link of README and of the manifest leads somewhere', requireLiveLinks),
  unpacked('no file refers to a source map, and no source map to a source, that is not there', requireSourceMaps),
  fromRegistry('attw finds nothing wrong with the types', checkTypes),
  fromRegistry(`a news bot gets at most ${MOST_ADDED} packages`, countAdded),
];
