// The files that the package ships, and what they need.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

import { packageFolder, useConsumerProject } from '../support/consumer-project.ts';
import { processEnv } from '../support/process-env.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const project = useConsumerProject();
const shipped = (path = ''): string => join(project(), 'node_modules/sapphire-plugin-seen', path);

describe('the package', () => {
  test('has neither source maps, nor references to any, nor the bot of this repository', () => {
    const files = globSync('**/*', { cwd: shipped() });
    expect(files.filter((file) => file.endsWith('.map') || file.includes('/bot/'))).toEqual([]);
    const code = files.filter((file) => /\.(?:[cm]?js|ts)$/.test(file));
    expect(code.filter((file) => readFileSync(shipped(file), 'utf8').includes('sourceMappingURL'))).toEqual([]);
  });

  test('has every file that its README links to', () => {
    const links = [...readFileSync(shipped('README.md'), 'utf8').matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)];
    expect(links.length).toBeGreaterThan(2);
    expect(links.map(([, path = '']) => path).filter((path) => !existsSync(shipped(path)))).toEqual([]);
  });

  test('is small: 250 files and 3 MB at most', () => {
    const sizes = globSync('**/*', { cwd: shipped() }).map((file) => statSync(shipped(file)));
    const files = sizes.filter((stats) => stats.isFile());
    expect(files.length).toBeLessThan(250);
    expect(files.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(3_000_000);
  });

  test('names no host that does not exist', () => {
    expect(readFileSync(shipped('package.json'), 'utf8')).not.toMatch(/example\.|\.invalid/);
  });
});

/** Runs code of a kind in a project with the package and only these others. Returns what it prints. */
async function runWith(packages: readonly string[], kind: 'module' | 'commonjs', code: string): Promise<string> {
  const folder = temporaryFolder();
  cpSync(shipped(), join(folder, 'node_modules/sapphire-plugin-seen'), { recursive: true });
  for (const name of packages) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(packageFolder, 'node_modules', name), link, 'junction');
  }
  const args = [`--input-type=${kind}`, '--eval', code];
  const { stdout } = await run(process.execPath, args, { cwd: folder, env: processEnv, timeout: 30_000 });
  return stdout.trim();
}

const kinds = ['module', 'commonjs'] as const;

describe.each(kinds)('an entry point, in %s', (kind) => {
  const print = (names: string, entry: string, value: string): string =>
    kind === 'module'
      ? `import { ${names} } from 'sapphire-plugin-seen${entry}'; console.log(${value});`
      : `const { ${names} } = require('sapphire-plugin-seen${entry}'); console.log(${value});`;

  test('/store needs neither discord.js nor Sapphire', async () => {
    expect(await runWith(['better-sqlite3'], kind, print('scopedId', '/store', "scopedId('a', 'b').length"))).toBe('3');
  });

  test('/edgar needs fast-xml-parser only, and says so where it is missing', async () => {
    const code = print('matchesForms', '/edgar', 'typeof matchesForms');
    expect(await runWith(['fast-xml-parser'], kind, code)).toBe('function');
    await expect(runWith([], kind, code)).rejects.toThrow(
      /SeenConfigError: sapphire-plugin-seen\/edgar needs the package fast-xml-parser: npm install fast-xml-parser@5\./,
    );
  });

  test('a class is one class, whichever entry point it comes from', async () => {
    const load = (entry: string): string =>
      kind === 'module' ? `await import('sapphire-plugin-seen${entry}')` : `require('sapphire-plugin-seen${entry}')`;
    const code = `
      const [main, store] = [${load('')}, ${load('/store')}];
      const shared = Object.keys(store).filter((name) => name in main);
      console.log(shared.length > 10 && shared.every((name) => main[name] === store[name]));`;
    const { stdout } = await run(process.execPath, [`--input-type=${kind}`, '--eval', code], { cwd: project() });
    expect(stdout.trim()).toBe('true');
  });
});

test('the package’s own description can be read, as tools do', async () => {
  const code = "console.log(require('sapphire-plugin-seen/package.json').name)";
  expect(await runWith([], 'commonjs', code)).toBe('sapphire-plugin-seen');
});
