import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import manifest from '../../package.json' with { type: 'json' };
import { nodeProblem } from '../../src/store/node-problem.ts';
import { nativeProblem } from '../../src/store/sqlite/file/native-problem.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the version of Node', () => {
  test.each([
    [{ node: '22.14.0', napi: '10' }],
    [{ node: '23.6.0', napi: '10' }],
    [{ node: '27.0.0', napi: '11' }],
    [{ node: '26.3.0', napi: '10', bun: '1.4.5' }],
  ])('%j can open a store', (versions) => {
    expect(nodeProblem(versions)).toBeUndefined();
  });

  test.each([
    [{ node: '18.20.8', napi: '9' }, /^Node 18\.20\.8 lacks Node-API 10.* Install Node 22\.14 or a later 22/],
    [{ node: '22.13.1', napi: '9' }, /^Node 22\.13\.1 lacks/],
    [{ node: '23.5.0', napi: '9' }, /^Node 23\.5\.0 lacks.* or 23\.6 or anything later/],
    [{ node: '8.0.0' }, /^Node 8\.0\.0 lacks/],
    [{ node: '22.6.0', napi: '9', bun: '1.1.3' }, /^Bun 1\.1\.3 lacks.* Install a newer one, or use Node 22\.14/],
    [{ node: '20.1.0', napi: '9', deno: '2.0.0' }, /^Deno 2\.0\.0 lacks/],
  ])('%j is told what to install', (versions, sentence) => {
    expect(nodeProblem(versions)).toMatch(sentence);
    expect(nodeProblem(versions)).toContain(`(${manifest.engines.node}).`);
  });
});

describe('where Node is too old', () => {
  beforeEach(() => {
    vi.resetModules();
    vi.doMock('../../src/store/node-problem.ts', () => ({ nodeProblem: () => 'Node 22.13.1 lacks Node-API 10.' }));
    vi.doMock('better-sqlite3', () => ({
      default: function load(): never {
        throw new Error('The native module was loaded.');
      },
    }));
  });

  afterEach(() => {
    vi.doUnmock('../../src/store/node-problem.ts');
    vi.doUnmock('better-sqlite3');
    vi.resetModules();
  });

  test('a store is refused before a file is made or the native module is loaded, and the log says why', async () => {
    const { openSeenStore } = await import('../../src/store/open.ts');
    const { silentLogger } = await import('../../src/store/logger.ts');
    const error = vi.fn<(event: string) => void>();
    const folder = join(temporaryFolder(), 'data');
    const opening = openSeenStore({ path: join(folder, 'seen.sqlite'), logger: { ...silentLogger, error } });
    await expect(opening).rejects.toMatchObject({
      code: 'SEEN_STORE_OPEN',
      message: expect.stringContaining(
        'could not be opened: Node 22.13.1 lacks Node-API 10. Nothing in it was changed.',
      ),
    });
    expect(existsSync(folder)).toBe(false);
    expect(error.mock.calls).toHaveLength(1);
  });

  test('a backup is refused likewise', async () => {
    const { backupDatabase } = await import('../../src/store/backup-database.ts');
    const { resolveSqliteOptions } = await import('../../src/store/options.ts');
    const { writeFileSync } = await import('node:fs');
    const path = join(temporaryFolder(), 'seen.sqlite');
    writeFileSync(path, '');
    await expect(backupDatabase(resolveSqliteOptions({ path }, {}), `${path}.backup`, {})).rejects.toMatchObject({
      message: expect.stringContaining('Node 22.13.1 lacks Node-API 10.'),
    });
    expect(existsSync(`${path}.backup`)).toBe(false);
  });
});

describe('a native module that cannot be loaded', () => {
  const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });

  test.each([
    [
      'is missing',
      'MODULE_NOT_FOUND',
      "Cannot find module '/bot/node_modules/better-sqlite3/build/Release/better_sqlite3.node'\nRequire stack:\n- x",
      /^better-sqlite3 has no native module for .*glibc 2\.34 or later, musl\), macOS and Windows.*build-release$/,
    ],
    [
      'needs a newer glibc',
      'ERR_DLOPEN_FAILED',
      "/lib/libc.so.6: version `GLIBC_2.34' not found (required by /bot/linux-x64.node)",
      /needs glibc 2\.34 or later, and this system's is older \(.*GLIBC_2\.34.*\)\. Use a newer system or image/,
    ],
    [
      'is for another processor',
      'ERR_DLOPEN_FAILED',
      'dlopen(/bot/darwin-x64.node, 0x0001): mach-o file, but is an incompatible architecture\n',
      /is not for this system \(dlopen.*architecture\)\. Install the packages on the machine that runs them/,
    ],
    [
      'is one of old, for another Node',
      'ERR_DLOPEN_FAILED',
      'better_sqlite3.node was compiled against a different Node.js version using NODE_MODULE_VERSION 127.',
      /^better-sqlite3 is older than this package needs \(NODE_MODULE_VERSION 127\)\. Remove what forces that version/,
    ],
    [
      'is one of old, and was not made',
      '',
      'Could not locate the bindings file. Tried:\n → /bot',
      /^better-sqlite3 is older/,
    ],
    [
      'needs a package that is missing',
      'MODULE_NOT_FOUND',
      "Cannot find module 'bindings'\nRequire stack:\n- x",
      /^better-sqlite3 is not installed, or not all of it \(Cannot find module 'bindings'\)\. Install the packages again$/,
    ],
  ])('and %s is told with what to do', (_, code, message, expected) => {
    expect(nativeProblem(failure(code, message))).toMatch(expected);
  });

  test('for a reason that is not the module’s is left as it is', () => {
    expect(nativeProblem(failure('ERR_DLOPEN_DISABLED', 'Cannot load native addon'))).toBeUndefined();
  });
});
