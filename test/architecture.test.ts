import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { circlesIn, importsOf, isIn, type Import } from './support/import-graph.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/** The folders that each folder may import, besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'src/store': [],
  'src/log': ['src/store'],
  'src/cli': ['src/log', 'src/store'],
  'src/container': ['src/store'],
  'src/commands': ['src/container', 'src/log', 'src/store'],
  'src/edgar': ['src/store'],
  'src/feed': ['src/commands', 'src/container', 'src/log', 'src/store'],
  'src/plugins': ['src/commands', 'src/container', 'src/feed', 'src/log', 'src/store'],
  'src/bot': [],
  local: [],
  scripts: ['src'],
  demo: ['local', 'scripts', 'src'],
  chaos: ['local', 'scripts', 'src'],
  bench: ['local', 'scripts', 'src'],
  consumers: ['local', 'scripts'],
};

/** Rooms that may not know another. */
const strangers: readonly (readonly [room: string, unknown: string])[] = [
  ['src/store/contract', 'src/store/core'],
  ['src/store/contract', 'src/store/sqlite'],
  ['src/store/sqlite/file', 'src/store/sqlite/reads'],
  ['src/store/sqlite/file', 'src/store/sqlite/writes'],
  ['src/store/sqlite/file', 'src/store/sqlite/writer'],
  ['src/store/sqlite/file', 'src/store/sqlite/backup'],
  ['src/store/sqlite/writer', 'src/store/sqlite/reads'],
  ['src/store/sqlite/writer', 'src/store/sqlite/backup'],
  ['src/store/sqlite/backup', 'src/store/sqlite/reads'],
  ['src/store/sqlite/backup', 'src/store/sqlite/writes'],
  ['src/feed/progress', 'src/feed/discord'],
  ['src/feed/progress', 'src/feed/deliver'],
  ['src/feed/progress', 'src/feed/intake'],
  ['src/feed/discord', 'src/feed/deliver'],
  ['src/feed/discord', 'src/feed/intake'],
  ['src/feed/deliver', 'src/feed/intake'],
  ['src/feed/discord', 'src/feed/incidents'],
  ['src/feed/progress', 'src/feed/incidents'],
  ['src/feed/incidents', 'src/feed/deliver'],
  ['src/feed/incidents', 'src/feed/intake'],
  ['src/store/core', 'src/store/sqlite'],
  ['src/store/sqlite', 'src/store/core'],
  ['src/store/sqlite', 'src/store/postgres'],
  ['src/store/postgres', 'src/store/core'],
  ['src/store/postgres', 'src/store/sqlite'],
  ['src/store/transfer', 'src/store/core'],
  ['src/store/sqlite', 'src/store/transfer'],
  ['src/store/postgres', 'src/store/transfer'],
  ['src/store/sqlite/reads', 'src/store/sqlite/writes'],
  ['src/store/sqlite/reads', 'src/store/sqlite/writer'],
  ['src/store/sqlite/writes', 'src/store/sqlite/reads'],
  ['src/store/sqlite/writes', 'src/store/sqlite/writer'],
];

/** Packages that only some may know. */
const packages: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': ['src/store/sqlite/'],
  'fast-xml-parser': ['src/edgar/'],
  'discord.js': ['src/commands/', 'src/container/', 'src/feed/', 'src/plugins/', 'src/bot/'],
  '@sapphire/framework': [
    'src/commands/',
    'src/container/',
    'src/feed/',
    'src/log/plugin-logger.ts',
    'src/plugins/',
    'src/bot/',
    'src/register.ts',
  ],
};

const everything = importsOf('{src,local,test,demo,chaos,bench,scripts,consumers}/**/*.ts');
const isFile = ({ to }: Import): boolean => /^(src|local|test|demo|chaos|bench|scripts|consumers)\//.test(to);
const files = everything.filter(isFile);

test('there are imports to look at', () => {
  expect(files.filter(({ from }) => from.startsWith('src/')).length).toBeGreaterThan(400);
});

describe('imports run one way', () => {
  test.each(Object.keys(mayImport))('%s imports only what it may', (folder) => {
    const allowed = [folder, ...(mayImport[folder] ?? [])];
    const own = files.filter(({ from }) => isIn(folder)(from));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ to }) => !allowed.some((name) => to === name || isIn(name)(to)))).toEqual([]);
  });

  test.each(strangers)('%s does not know %s', (room, unknown) => {
    expect(files.filter(({ from, to }) => isIn(room)(from) && isIn(unknown)(to))).toEqual([]);
  });

  test.each([
    ['src/store/core', ['src/store/databases.ts', 'src/store/open.ts']],
    ['src/store/sqlite', ['src/store/backup-database.ts', 'src/store/databases.ts', 'src/store/open.ts']],
    ['src/store/postgres', ['src/store/backup-database.ts', 'src/store/databases.ts', 'src/store/open.ts']],
  ])('only the front doors know %s', (room, doors) => {
    const knowing = files.filter(({ from, to }) => isIn(room)(to) && !isIn(room)(from) && isIn('src')(from));
    expect([...new Set(knowing.map(({ from }) => from))]).toEqual(doors);
  });

  test('the bot uses the plugin through its public entry points only', () => {
    const own = everything.filter(({ from, to }) => isIn('src/bot')(from) && to.startsWith('sapphire-plugin-seen'));
    const entries = ['', '/register', '/store', '/edgar'].map((entry) => `sapphire-plugin-seen${entry}`);
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ to }) => !entries.includes(to))).toEqual([]);
  });

  test.each(Object.keys(packages))('only some know %s', (name) => {
    const users = everything.filter(({ from, to }) => to === name && from.startsWith('src/')).map(({ from }) => from);
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((from) => !packages[name]?.some((folder) => from.startsWith(folder)))).toEqual([]);
  });

  test('nothing but tests imports from test/', () => {
    expect(files.filter(({ from, to }) => isIn('test')(to) && !isIn('test')(from))).toEqual([]);
  });
});

describe('imports do not run in a circle', () => {
  test('neither between files nor between folders, types included', () => {
    expect(circlesIn(files)).toEqual([]);
  });

  test('one between files, and one between folders only, would be found', () => {
    const betweenFiles = [
      { from: 'a/x.ts', to: 'a/y.ts' },
      { from: 'a/y.ts', to: 'a/x.ts' },
    ];
    expect(circlesIn(betweenFiles)).toEqual([['a/x.ts', 'a/y.ts', 'a/x.ts']]);
    const betweenFolders = [
      { from: 'a/x.ts', to: 'b/x.ts' },
      { from: 'b/y.ts', to: 'a/y.ts' },
    ];
    expect(circlesIn(betweenFolders)).toEqual([['a', 'b', 'a']]);
  });

  test('the linter refuses one of types', () => {
    const folder = temporaryFolder();
    copyFileSync('.oxlintrc.json', join(folder, '.oxlintrc.json'));
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src/a.ts'), "import type { B } from './b.ts';\nexport type A = B | string;\n");
    writeFileSync(join(folder, 'src/b.ts'), "import type { A } from './a.ts';\nexport type B = A | number;\n");
    const oxlint = spawnSync('oxlint', ['--config', '.oxlintrc.json', 'src'], { cwd: folder, encoding: 'utf8' });
    expect(oxlint.stdout).toContain('import(no-cycle)');
    expect(oxlint.status).toBe(1);
  });
});

test('nothing but the clock reads the time or sets a timer', () => {
  const timers = /\bDate\.now\(|\bnew Date\(\)|\bset(?:Timeout|Interval)\(|\bAbortSignal\.timeout\(/;
  const users = globSync('src/**/*.ts').filter((file) => timers.test(readFileSync(file, 'utf8')));
  expect(users).toEqual(['src/store/clock.ts']);
});
