import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = 'src';

/** What each folder of src/ may import, beside itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  store: [],
  commands: ['store'],
  edgar: ['store'],
  feed: ['commands', 'store'],
  plugins: ['commands', 'store'],
  bot: [],
};

/** What nobody but the folders named may know. */
const packages: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': ['store/sqlite'],
  'fast-xml-parser': ['edgar'],
  'discord.js': ['commands', 'feed', 'plugins', 'bot'],
  '@sapphire/framework': ['commands', 'feed', 'plugins', 'bot', 'register.ts'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  return targets.map((target) => ({
    from: relative(SRC, file),
    to: target.startsWith('.') ? relative(SRC, join(dirname(file), target)) : target,
  }));
}

const imports = globSync(`${SRC}/**/*.ts`).flatMap(importsOf);
const folderOf = (path: string): string | undefined => (path.includes(sep) ? path.split(sep)[0] : undefined);
const isInternal = ({ to }: Import): boolean => to.endsWith('.ts');

describe('imports run one way', () => {
  test('there are imports to look at', () => {
    expect(imports.filter(isInternal).length).toBeGreaterThan(200);
  });

  test.each(Object.keys(mayImport))('%s/', (folder) => {
    const allowed = [folder, ...(mayImport[folder] ?? [])];
    const strays = imports.filter(isInternal).filter(({ from, to }) => {
      const target = folderOf(to);
      return folderOf(from) === folder && (target === undefined || !allowed.includes(target));
    });
    expect(strays).toEqual([]);
  });

  test('the bot uses the plugin through its public entry points only', () => {
    const own = imports.filter(({ from, to }) => folderOf(from) === 'bot' && to.startsWith('sapphire-plugin-seen'));
    const entries = ['', '/register', '/store', '/edgar'].map((entry) => `sapphire-plugin-seen${entry}`);
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ to }) => !entries.includes(to))).toEqual([]);
  });

  test('only open() knows the backends', () => {
    const knowing = imports.filter(({ from, to }) => /^store.sqlite/.test(to) && !/^store.sqlite/.test(from));
    expect(knowing.map(({ from }) => from)).toEqual([join('store', 'open.ts')]);
  });

  test.each(Object.keys(packages))('only some know %s', (name) => {
    const users = imports.filter(({ to }) => to === name).map(({ from }) => from.split(sep).join('/'));
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((from) => !packages[name]?.some((folder) => from.startsWith(folder)))).toEqual([]);
  });
});

test('nothing but the clock reads the time or sets a timer', () => {
  const timers = /\bDate\.now\(|\bnew Date\(\)|\bset(?:Timeout|Interval)\(|\bAbortSignal\.timeout\(/;
  const users = globSync(`${SRC}/**/*.ts`).filter((file) => timers.test(readFileSync(file, 'utf8')));
  expect(users.map((file) => relative(SRC, file))).toEqual([join('store', 'clock.ts')]);
});
