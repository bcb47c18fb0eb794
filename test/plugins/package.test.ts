import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { describe, expect, test } from 'vitest';

import { copyBot } from '../../consumers/support/project.ts';
import { liveTwice } from '../../consumers/support/two-lives.ts';
import { openSeenStore } from '../../src/store/index.ts';
import { consumers, packageFolder, useConsumerProject } from '../support/consumer-project.ts';
import { processEnv } from '../support/process-env.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const project = useConsumerProject();

test('publint finds nothing to complain about', async () => {
  const pkgDir = join(project(), 'node_modules/sapphire-plugin-seen');
  const { messages } = await publint({ pkgDir, strict: true, pack: false });
  expect(messages).toEqual([]);
});

describe('a Sapphire bot', () => {
  test.each(['esm', 'commonjs'])(
    'a bot of kind %s registers its command and posts each item once, over a restart, and ends when it is told to',
    async (kind) => {
      const folder = temporaryFolder();
      copyBot(kind, folder);
      symlinkSync(join(project(), 'node_modules'), join(folder, 'node_modules'), 'junction');
      const lives = liveTwice({ args: ['main.js'], folder, signal: AbortSignal.timeout(60_000) });
      await expect(lives).resolves.toBeUndefined();
    },
    60_000,
  );
});

describe('the installed command', () => {
  test('seen backup copies a database, from wherever it is called', async () => {
    const installed = join(project(), 'node_modules/sapphire-plugin-seen');
    const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { bin: { seen: string } };
    const [folder, path] = [temporaryFolder(), join(temporaryFolder(), 'seen_ids.sqlite')];
    const store = await openSeenStore({ path });
    await store.markSeen(['a']);
    const args = [join(installed, bin.seen), 'backup', 'backup.sqlite'];
    const env = { ...processEnv, SEEN_DB_PATH: path };
    const { stdout, stderr } = await run(process.execPath, args, { cwd: folder, env, timeout: 30_000 });
    await store.close();
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Backed up to .*backup\.sqlite \(0\.1 MB\)\.\n$/);
    const backup = await openSeenStore({ path: join(folder, 'backup.sqlite') });
    expect(await backup.filterUnseen(['a', 'b'])).toEqual(['b']);
    await backup.close();
  });
});

describe('types travel', () => {
  const options = { strict: true, noEmit: true, target: 'es2023', types: [], skipLibCheck: true };

  const ways = [
    { module: 'node16', moduleResolution: 'node16', extensions: ['mts', 'cts'] },
    { module: 'esnext', moduleResolution: 'bundler', extensions: ['ts'] },
  ];

  /** Returns what the compiler says of a correct program and a mistaken one, with each of the extensions. */
  async function complaints({ extensions, ...way }: (typeof ways)[number]): Promise<string[]> {
    const folder = mkdtempSync(join(project(), 'types-'));
    const files = extensions.flatMap((extension) => [`correct.${extension}`, `mistaken.${extension}`]);
    for (const file of files) copyFileSync(join(consumers, `${parse(file).name}.ts.txt`), join(folder, file));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, ...way }, files }));
    const tsc = join(packageFolder, 'node_modules/.bin/tsc');
    const { stdout } = await run(tsc, ['--pretty', 'false'], { cwd: folder }).catch(
      (error: unknown) => error as { stdout: string },
    );
    return stdout.split('\n').filter((line) => line !== '');
  }

  test.for(ways)('with $moduleResolution, the compiler finds mistakes in $extensions, and only them', async (way) => {
    const expected = way.extensions.flatMap((extension) => [
      `mistaken.${extension}(5,58): error TS2322: Type 'string' is not assignable to type 'number'.`,
      `mistaken.${extension}(6,30): error TS2345: Argument of type 'string' is not assignable to parameter of type 'readonly string[]'.`,
      `mistaken.${extension}(7,27): error TS2339: Property 'nothing' does not exist on type 'Cycle'.`,
    ]);
    expect((await complaints(way)).toSorted()).toEqual(expected.toSorted());
  });
});
