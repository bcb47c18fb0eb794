import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { beforeAll, describe, expect, test } from 'vitest';

import { localDiscord } from '../support/local-discord.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What `npm pack` would ship, as the tests' build has made it. */
const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

beforeAll(() => {
  if (!existsSync(join(project, 'dist/cjs/package.json'))) throw new Error('There is no dist: npm run build.');
});

test('publint finds nothing to complain about', async () => {
  const { messages } = await publint({ pkgDir: project, strict: true, pack: false });
  expect(messages).toEqual([]);
});

describe('a Sapphire bot gets the store from the container of its own kind', () => {
  test.for(['bot-of-esm.mjs', 'bot-of-commonjs.cjs'])('%s', async (program) => {
    const discord = await localDiscord();
    const env = {
      PATH: process.env['PATH'],
      API: discord.api,
      TOKEN: discord.token,
      SEEN_DB_PATH: join(temporaryFolder(), 'seen_ids.sqlite'),
    };
    const { stdout, stderr } = await run(process.execPath, [here(program)], { env, timeout: 30_000 });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({ unseen: ['b'], isHere: true });
    expect(discord.commands).toMatchObject([{ name: 'seen' }]);
    expect(discord.complaints).toEqual([]);
  });
});

describe('types travel', () => {
  const options = { strict: true, noEmit: true, target: 'es2023', types: [], skipLibCheck: true };

  const ways = [
    { module: 'node16', moduleResolution: 'node16', extensions: ['mts', 'cts'] },
    { module: 'esnext', moduleResolution: 'bundler', extensions: ['ts'] },
  ];

  /** What the compiler says of a consumer's program, with each of the extensions. */
  async function complaints(program: string, { extensions, ...way }: (typeof ways)[number]): Promise<string[]> {
    const files = extensions.map((extension) => `bot.${extension}`);
    const folder = consumerFolder(program, files);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, ...way }, files }));
    const tsc = join(project, 'node_modules/.bin/tsc');
    const { stdout } = await run(tsc, ['--pretty', 'false'], { cwd: folder }).catch(
      (error: unknown) => error as { stdout: string },
    );
    return stdout.split('\n').filter((line) => line !== '');
  }

  test.for(ways)('with $moduleResolution, to $extensions', async (way) => {
    expect(await complaints('consumer.ts.txt', way)).toEqual([]);
  });

  test.for(ways)('with $moduleResolution, mistakes in $extensions are found', async (way) => {
    const found = await complaints('mistaken-consumer.ts.txt', way);
    const expected = way.extensions.flatMap((extension) => [
      `bot.${extension}(5,58): error TS2322: Type 'string' is not assignable to type 'number'.`,
      `bot.${extension}(6,29): error TS2345: Argument of type 'string' is not assignable to parameter of type 'readonly string[]'.`,
      `bot.${extension}(7,27): error TS2339: Property 'nothing' does not exist on type 'Cycle'.`,
    ]);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});

/** A project of somebody's, which has installed the package and its peers. */
function consumerFolder(program: string, files: readonly string[]): string {
  const folder = temporaryFolder();
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(project, join(modules, 'sapphire-plugin-seen'), 'junction');
  for (const name of ['@sapphire', 'discord.js'])
    symlinkSync(join(project, 'node_modules', name), join(modules, name), 'junction');
  for (const file of files) copyFileSync(here(program), join(folder, file));
  return folder;
}
