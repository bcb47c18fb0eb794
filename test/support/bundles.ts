import { existsSync, globSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { bundlePrograms } from '../../scripts/bundle-programs.ts';
import { bundleThread } from '../../scripts/bundle-thread.ts';
import { makeEmptyDatabase } from './empty-database.ts';
import { botFile, programFile } from './program-file.ts';
import { keptThreadFile, threadFile } from './thread-file.ts';

const root = new URL('../../', import.meta.url);
const file = (path: string): string => fileURLToPath(new URL(path, root));

/**
 * Bundles once for the whole run what the tests start again and again: the threads of stores, as a build does, the
 * processes and threads that open stores of their own, and the bot. Makes the database that they copy.
 */
export default async function setup(): Promise<void> {
  await Promise.all([
    bundleThread(file('src/store/sqlite/thread.ts'), fileURLToPath(threadFile())),
    bundleThread(file('test/support/programs/kept-thread.ts'), fileURLToPath(keptThreadFile())),
    bundlePrograms(modules('test/support/programs', '*.ts'), folderOf(programFile('owner.ts')), threadFile()),
    bundleBot(),
  ]);
  await makeEmptyDatabase();
}

/** The bot as the last build made it, with its pieces. To bundle it takes a second, so it is done once for each build. */
async function bundleBot(): Promise<void> {
  const built = file('dist/esm/bot/main.js');
  const bundled = fileURLToPath(botFile());
  if (!existsSync(built) || (existsSync(bundled) && statSync(bundled).mtimeMs > statSync(built).mtimeMs)) return;
  const programs = modules('dist/esm/bot', '{main,bot,listeners/*}.js');
  await bundlePrograms(
    { ...programs, framework: '@sapphire/framework' },
    folderOf(botFile()),
    new URL('dist/writer-thread.cjs', root),
  );
}

/** The modules in a folder, by their paths from there without the ending. */
function modules(folder: string, pattern: string): Record<string, string> {
  const paths = globSync(pattern, { cwd: file(folder) });
  return Object.fromEntries(paths.map((path) => [path.replace(/\.\w+$/, ''), file(`${folder}/${path}`)]));
}

const folderOf = (url: URL): string => fileURLToPath(new URL('.', url));
