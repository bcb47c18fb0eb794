import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, matchesGlob, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

import { readmeBlocks, writeReadmeBot, type ReadmeForm } from '../../consumers/support/readme-bot.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const options = { target: 'es2022', module: 'nodenext', noEmit: true, skipLibCheck: true, types: ['node'] };

/** A folder in which the built package, and what it is used with, are installed. */
function project(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['@sapphire', '@types', 'discord.js'])
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  symlinkSync(resolve('.'), join(folder, 'node_modules/sapphire-plugin-seen'));
  return folder;
}

/** Returns what the compiler has to say about all files of a folder. */
async function complaints(folder: string, compilerOptions: object): Promise<string> {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, ...compilerOptions } }));
  const tsc = resolve('node_modules/.bin/tsc');
  const { stdout } = await run(tsc, ['-p', folder, '--pretty', 'false']).catch(
    (error: unknown) => error as { stdout: string },
  );
  return stdout;
}

/** Writes a bot into a folder of its own, of the right kind of modules. */
function writeBot(form: ReadmeForm, folder: string): void {
  writeReadmeBot(form, folder);
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ type: form.endsWith('CommonJS') ? 'commonjs' : 'module' }),
  );
}

describe('the code in the README', () => {
  test('the bot to begin with is right in JavaScript, in both kinds of modules', async () => {
    const folder = project();
    for (const form of ['JavaScript', 'CommonJS'] as const) writeBot(form, join(folder, form));
    expect(await complaints(folder, { allowJs: true, checkJs: true, strict: false })).toBe('');
  });

  test('the bot to begin with and every other block compile as its tsconfig.json says, in both kinds of modules', async () => {
    const folder = project();
    const blocks = readmeBlocks('ts');
    expect(blocks.length).toBeGreaterThanOrEqual(5);
    for (const form of ['TypeScript', 'TypeScript for CommonJS'] as const) {
      writeBot(form, join(folder, form));
      for (const [index, block] of blocks.entries()) writeFileSync(join(folder, form, `src/block${index}.ts`), block);
    }
    const { compilerOptions } = JSON.parse(readmeBlocks('json')[0] ?? '') as { compilerOptions: object };
    expect(await complaints(folder, { ...compilerOptions, rootDir: '.', noImplicitOverride: true })).toBe('');
  });

  test('every block of JavaScript is a part of the bot to begin with', () => {
    expect(readmeBlocks('js').map((block) => block.split('\n', 1)[0])).toEqual([
      '// main.js',
      '// listeners/releases.js',
    ]);
  });
});

const { files, peerDependencies, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly files: readonly string[];
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
};

test('what the documents in the package link to is there, and in the package', () => {
  const isPacked = (path: string): boolean =>
    path === 'README.md' ||
    (existsSync(path) && files.some((entry) => matchesGlob(path, entry) || path.startsWith(`${entry}/`)));
  const documents = globSync(['*.md', 'docs/**/*.md', 'examples/*/*.md']).filter(isPacked);
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'docs/design.md', 'examples/rss-to-discord/README.md']),
  );
  const links = documents.flatMap(linksOf);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((link) => !isPacked(link))).toEqual([]);
});

test('nothing is published while package.json names no repository', async () => {
  const folder = temporaryFolder();
  const [, script = ''] = /^node (\S+)$/.exec(scripts.prepublishOnly ?? '') ?? [];
  const publish = (manifest: object): Promise<unknown> => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    return run(process.execPath, [resolve(script)], { cwd: folder });
  };
  await expect(publish({})).rejects.toMatchObject({ stderr: expect.stringContaining('names no repository') });
  await publish({ repository: { type: 'git', url: 'git+https://git.example.com/seen.git' } });
});

/** Returns the files that a document links to, as paths from the package's folder. */
function linksOf(document: string): readonly string[] {
  const targets = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)#]+)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target)).map((target) => join(document, '..', target));
}

test('the README names every package that a bot has to have beside this one, and from which version on', () => {
  const text = readFileSync('README.md', 'utf8').replaceAll(/\s+/g, ' ');
  const oldest = Object.entries(peerDependencies).map(
    ([name, range]) => `\`${name}\` (from ${/\d+\.\d+\.\d+/.exec(range)?.[0]})`,
  );
  expect(oldest.filter((words) => !text.includes(words))).toEqual([]);
});
