import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');

/** The kinds of bots that the README says how to write. */
export const readmeForms = ['JavaScript', 'CommonJS', 'TypeScript', 'TypeScript for CommonJS'] as const;

export type ReadmeForm = (typeof readmeForms)[number];

/** Returns the code blocks of the README in a language, in its order. */
export function readmeBlocks(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, code = '']) => code,
  );
}

/** Returns what the README has npm do in an empty folder for this kind of bot, before it installs packages. */
export function setUpCommands(form: ReadmeForm): readonly (readonly string[])[] {
  const settings = readmeBlocks('sh').flatMap((block) => block.match(/(?<=npm )pkg set \S+/g) ?? []);
  const isLeftOut = (setting: string): boolean =>
    setting.includes('type=') ? form.endsWith('CommonJS') : !form.startsWith('TypeScript');
  return [['init', '-y'], ...settings.filter((setting) => !isLeftOut(setting)).map((setting) => setting.split(' '))];
}

/** Writes the code of the bot that the README begins with, with the changes that it names for this kind of bot. */
export function writeReadmeBot(form: ReadmeForm, folder: string): void {
  for (const [path, code] of files(form)) write(folder, path, code);
}

function files(form: ReadmeForm): readonly (readonly [path: string, code: string])[] {
  const [main, listener] = [blockOf('js', 'main.js'), blockOf('js', 'listeners/releases.js')];
  if (form === 'JavaScript' || form === 'CommonJS') {
    const written = form === 'CommonJS' ? asCommonJs : (code: string): string => code;
    return [
      ['main.js', written(main)],
      ['listeners/releases.js', written(listener)],
    ];
  }
  return [
    ['tsconfig.json', readmeBlocks('json')[0] ?? ''],
    ['src/main.ts', changed(main, readmeBlocks('diff')[0] ?? '')],
    ['src/listeners/releases.ts', blockOf('ts', 'src/listeners/releases.ts')],
  ];
}

/**
 * Makes the changes that the README shows: a line that is added after one that is removed takes its place, and any
 * other one goes to the top.
 *
 * @throws {Error} When a line that is removed is not in the code.
 */
function changed(code: string, diff: string): string {
  let lines: readonly string[] = code.split('\n');
  const shown = diff.trimEnd().split('\n');
  for (const [index, line] of shown.entries()) {
    const [before, now] = [shown[index - 1], line.slice(1)];
    if (line.startsWith('-') && !lines.includes(now)) throw new Error(`README.md changes what is not there: ${now}`);
    if (!line.startsWith('+')) continue;
    if (before?.startsWith('-') === true) lines = lines.map((old) => (old === before.slice(1) ? now : old));
    else lines = [now, ...lines];
  }
  return lines.join('\n');
}

/** @throws {Error} When the README has no block that begins with the name of this file. */
function blockOf(language: string, path: string): string {
  const found = readmeBlocks(language).find((code) => code.startsWith(`// ${path}\n`));
  if (found === undefined) throw new Error(`README.md has no block that begins with "// ${path}".`);
  return found;
}

/** Replaces `import` and `export class`, as the README says. */
function asCommonJs(code: string): string {
  return code
    .replaceAll(/^import (\{.*?\}) from ('.*?');$/gm, 'const $1 = require($2);')
    .replaceAll(/^import ('.*?');$/gm, 'require($1);')
    .replaceAll(/^export class (\w+)/gm, 'exports.$1 = class $1');
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
