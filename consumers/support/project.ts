import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ConsumerContext } from '../case.ts';
import { npm, runCommand } from './command.ts';

const bots = fileURLToPath(new URL('../bots/', import.meta.url));

/** The packages that every bot installs beside this one. */
export const botPackages = ['discord.js', '@sapphire/framework', '@sapphire/plugin-subcommands'] as const;

/** The installations of this run, by what was installed. */
const installations = new Map<string, Promise<string>>();

/** Copies a bot of `consumers/bots` into the folder of a case, and gives it the packages, with the package itself. */
export async function placeBot(bot: string, packages: readonly string[], context: ConsumerContext): Promise<void> {
  copyBot(bot, context.folder);
  const key = packages.join(' ');
  const installed = installations.get(key) ?? install(packages, context);
  installations.set(key, installed);
  // One that fails, or that is ended with the case that began it, is not what the next case waits for.
  const modules = join(
    await installed.catch((error: unknown) => {
      if (installations.get(key) === installed) installations.delete(key);
      throw error;
    }),
    'node_modules',
  );
  // Hard links: a bot does not write to its packages.
  await runCommand('cp', ['-al', modules, context.folder], { folder: context.folder, signal: context.signal });
}

/** Copies a bot of `consumers/bots` into a folder. */
export function copyBot(bot: string, folder: string): void {
  cpSync(join(bots, bot), folder, { recursive: true });
}

/** Installs the packages beside the tarball. Returns the folder. */
async function install(packages: readonly string[], { tarball, signal }: ConsumerContext): Promise<string> {
  const folder = mkdtempSync(join(dirname(tarball), 'installation-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  // Without scripts: those of better-sqlite3 compile what it has ready-made.
  await npm(['install', '--ignore-scripts', tarball, ...packages], { folder, signal });
  return folder;
}
