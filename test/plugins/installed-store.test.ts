// The store of the package as it is installed, in the ways that people start and bundle their bots. Those that a change
// is less likely to break are tried by `npm run test:oldest` only, and whole bots that are
// bundled by `npm run consumers`.
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { describe, expect, test } from 'vitest';

import { consumers, isThorough, useConsumerProject } from '../support/consumer-project.ts';
import { processEnv } from '../support/process-env.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const project = useConsumerProject();

const programs = { esm: 'marking-of-esm.mjs', cjs: 'marking-of-commonjs.cjs' } as const;
type Kind = keyof typeof programs;

/** Copies the programs into a folder. Returns the path of the one of this kind. */
function placeProgram(folder: string, kind: Kind): string {
  for (const name of readdirSync(consumers)) copyFileSync(join(consumers, name), join(folder, name));
  return join(folder, programs[kind]);
}

interface Outcome {
  readonly lines: readonly string[];
  readonly stderr: string;
  /** The files that the program has made in its working directory. */
  readonly files: readonly string[];
}

interface Way {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program with an empty working directory of its own. */
async function start(program: string, { flags = [], env = {} }: Way = {}): Promise<Outcome> {
  const cwd = temporaryFolder();
  const { stdout, stderr } = await run(process.execPath, ['--no-warnings', ...flags, program], {
    cwd,
    env: { ...processEnv, ...env },
    timeout: 30_000,
  });
  return { lines: stdout.trim().split('\n'), stderr, files: readdirSync(cwd) };
}

const worked = { lines: ['started in thread 0', '["b"]'], stderr: '', files: ['data'] };

/** Expects that the program started once, in the main thread, and that its store refused to open before it made a file. */
function expectRefused({ lines, stderr, files }: Outcome, message: RegExp): void {
  expect(stderr).toBe('');
  expect(lines).toEqual(['started in thread 0', expect.stringMatching(/^SEEN_STORE_OPEN: /)]);
  expect(lines[1]).toMatch(message);
  expect(files).toEqual([]);
}

describe('flags', () => {
  test.each(['esm', 'cjs'] as const)(
    'the store of %s works with source maps and modules that are loaded first, in the writer thread too',
    async (kind) => {
      const program = placeProgram(project(), kind);
      const [required, imported] = [join(project(), 'first.cjs'), join(project(), 'first.mjs')];
      for (const first of [required, imported]) writeFileSync(first, 'globalThis.isPreloaded = true;\n');
      const flags = ['--enable-source-maps', '--require', required];
      const env = { NODE_OPTIONS: `--import ${imported} --trace-uncaught` };
      expect(await start(program, { flags, env })).toEqual(worked);
    },
  );

  test
    .runIf(isThorough)
    .each([
      ['--preserve-symlinks', '--preserve-symlinks-main'],
      ['--frozen-intrinsics'],
      ['--disable-proto=delete'],
      ['--max-old-space-size=64', '--stack-size=900'],
      ['--permission', '--allow-worker', '--allow-addons', '--allow-fs-read=*', '--allow-fs-write=*'],
    ])('the store works with %s', async (...flags) => {
    for (const kind of ['esm', 'cjs'] as const) {
      expect(await start(placeProgram(project(), kind), { flags })).toEqual(worked);
    }
  });

  const permissions = [
    ['threads', ['--allow-addons', '--allow-fs-write=*'], /forbids its writer thread. Start Node with --allow-worker/],
    ['native modules', ['--allow-worker', '--allow-fs-write=*'], /Start it with --allow-addons/],
    ['the file', ['--allow-worker', '--allow-addons'], /permission model forbids it.*--allow-fs-write/],
  ] as const;

  test.each(isThorough ? permissions : permissions.slice(0, 1))(
    'without the permission for %s, the store says at open what to allow',
    async (_, allowed, message) => {
      const flags = ['--permission', '--allow-fs-read=*', ...allowed];
      const { lines } = await start(placeProgram(project(), 'esm'), { flags });
      expect(lines).toEqual(['started in thread 0', expect.stringMatching(/^SEEN_STORE_OPEN: /)]);
      expect(lines[1]).toMatch(message);
    },
  );
});

describe('places', () => {
  const own = (): string => join(project(), 'node_modules/sapphire-plugin-seen');
  const link = (target: string, path: string): void => symlinkSync(target, path, 'junction');

  const linked = [
    ['esm', ['--preserve-symlinks', '--preserve-symlinks-main'], ''],
    ['cjs', ['--preserve-symlinks', '--preserve-symlinks-main'], ''],
    ['esm', [], '--preserve-symlinks'],
  ] as const;

  test.each(isThorough ? linked : linked.slice(0, 1))(
    'the store of %s works where a link leads to the package, in a folder full of signs, with the flags %j and %j',
    async (kind, flags, options) => {
      const folder = join(temporaryFolder(), 'ein Bot #1 %20 ü?x=1');
      mkdirSync(join(folder, 'app/node_modules'), { recursive: true });
      cpSync(own(), join(folder, 'package'), { recursive: true });
      link(join(folder, 'package'), join(folder, 'app/node_modules/sapphire-plugin-seen'));
      link(join(project(), 'node_modules/better-sqlite3'), join(folder, 'app/node_modules/better-sqlite3'));
      const program = placeProgram(join(folder, 'app'), kind);
      expect(await start(program, { flags, env: { NODE_OPTIONS: options } })).toEqual(worked);
    },
  );

  test('the store works in the layout of pnpm, where only the package itself sees what it needs', async () => {
    const folder = temporaryFolder();
    const virtual = join(folder, 'node_modules/.pnpm/sapphire-plugin-seen@1/node_modules');
    mkdirSync(virtual, { recursive: true });
    cpSync(own(), join(virtual, 'sapphire-plugin-seen'), { recursive: true });
    link(join(project(), 'node_modules/better-sqlite3'), join(virtual, 'better-sqlite3'));
    link(join(virtual, 'sapphire-plugin-seen'), join(folder, 'node_modules/sapphire-plugin-seen'));
    expect(await start(placeProgram(folder, 'esm'))).toEqual(worked);
  });

  const otherThreads: readonly (readonly [string, (file: string) => void, RegExp])[] = [
    [
      'is a program of its own',
      (file) => copyFileSync(join(consumers, programs.esm), file),
      /is not its writer thread/,
    ],
    ['is missing', (file) => rmSync(file), /writer-thread\.cjs, its writer thread, is missing\./],
    [
      'is of another version',
      (file) => writeFileSync(file, '// The writer thread of sapphire-plugin-seen 0.0.1.\n'),
      /writer-thread\.cjs is not its writer thread, of this version\./,
    ],
  ];

  test.each(isThorough ? otherThreads : otherThreads.slice(0, 1))(
    'a store whose writer thread %s refuses to open',
    async (_, change, message) => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'node_modules'));
      cpSync(own(), join(folder, 'node_modules/sapphire-plugin-seen'), { recursive: true });
      link(join(project(), 'node_modules/better-sqlite3'), join(folder, 'node_modules/better-sqlite3'));
      change(join(folder, 'node_modules/sapphire-plugin-seen/dist/writer-thread.cjs'));
      expectRefused(await start(placeProgram(folder, 'esm')), message);
    },
  );
});

describe('bundles', () => {
  type Format = 'esm' | 'cjs';

  /** Bundles a program into one file, in a folder of the project. */
  async function bundle(input: string, format: Format, external: readonly RegExp[]): Promise<string> {
    const file = join(project(), 'out', `bot.${format === 'esm' ? 'mjs' : 'cjs'}`);
    const built = await rolldown({ input, platform: 'node', external: [...external], logLevel: 'silent' });
    await built.write({ file, format, codeSplitting: false });
    await built.close();
    return file;
  }

  const remedy =
    /Leave sapphire-plugin-seen and better-sqlite3 out of the bundle.*external.*esbuild.*externals in webpack/;
  const sqlite = /^better-sqlite3$/;

  const contents = { 'without better-sqlite3': [sqlite], 'with better-sqlite3': [] } as const;
  const bundled = [
    ['esm', 'esm', 'without better-sqlite3'],
    ['cjs', 'cjs', 'with better-sqlite3'],
    ['esm', 'esm', 'with better-sqlite3'],
    ['esm', 'cjs', 'without better-sqlite3'],
    ['esm', 'cjs', 'with better-sqlite3'],
    ['cjs', 'esm', 'without better-sqlite3'],
    ['cjs', 'esm', 'with better-sqlite3'],
    ['cjs', 'cjs', 'without better-sqlite3'],
  ] as const;

  test.each(isThorough ? bundled : bundled.slice(0, 2))(
    'a bundle from %s to %s, %s, starts once and refuses to open',
    async (kind, format, content) => {
      const file = await bundle(placeProgram(project(), kind), format, contents[content]);
      expectRefused(await start(file), remedy);
    },
  );

  test('a bundle that does not know its own place, as those of esbuild in CommonJS, refuses to open', async () => {
    const file = await bundle(placeProgram(project(), 'esm'), 'cjs', [sqlite]);
    const place = /require\("url"\)\.pathToFileURL\(__filename\)\.href/g;
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(place);
    writeFileSync(file, text.replace(place, '({}).url'));
    expectRefused(await start(file), remedy);
  });

  test.runIf(isThorough)('a bundle that lies where its thread is looked for does not start itself', async () => {
    const file = await bundle(placeProgram(project(), 'esm'), 'esm', [sqlite]);
    const deep = join(project(), 'out/a/b/c/d');
    mkdirSync(deep, { recursive: true });
    for (const name of ['out/writer-thread.cjs', 'out/a/b/c/d/bot.mjs']) copyFileSync(file, join(project(), name));
    expectRefused(await start(join(deep, 'bot.mjs')), remedy);
  });

  test.runIf(isThorough)('a bundle that leaves the package out works', async () => {
    const file = await bundle(placeProgram(project(), 'esm'), 'cjs', [sqlite, /^sapphire-plugin-seen/]);
    expect(await start(file)).toEqual(worked);
  });
});
