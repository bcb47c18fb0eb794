// The types of the package, as compilers old and new read them, without `skipLibCheck`. The oldest and the newest check
// the declarations of all packages as well, since ours augment some; those between check ours and what uses them.
import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ConsumerCase, ConsumerContext } from '../case.ts';
import { runCommand } from '../support/command.ts';
import { botPackages, placeBot } from '../support/project.ts';

/** The oldest compiler that is promised, the newest, and some between. */
const compilers = ['5.4', '5.7', '5.9', '6', '7'] as const;
type Compiler = (typeof compilers)[number];

const checkTypes = fileURLToPath(new URL('../support/check-types.ts', import.meta.url));

/** The declarations that are checked besides the bot: ours, or those of all packages. */
type Scope = 'own' | 'all';

const alias = (compiler: Compiler): string => `typescript-${compiler}`;

const packages = [
  ...botPackages,
  '@sapphire/decorators@6',
  '@types/node@24',
  ...compilers.map((compiler) => `${alias(compiler)}@npm:typescript@${compiler}`),
];

const resolutions = [
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
] as const;

/** The mistakes in `mistaken.ts`: their lines, and what they are for a compiler. */
const mistakes = ['(6): TS2322', '(7): TS18048', '(8): TS2345', '(9): TS2339', '(13): TS2416'];

/** The mistake that only a compiler that minds `undefined` finds. */
const STRICT_ONLY = '(7): TS18048';

type CompilerOptions = Readonly<Record<string, boolean | readonly string[]>>;

const common = {
  target: 'es2022',
  lib: ['es2022'],
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  experimentalDecorators: true,
  types: ['node'],
};

/** A case in which a correct program and a mistaken one are compiled, as both kinds of modules. */
function typed(name: string, compiler: Compiler, options: CompilerOptions = {}): ConsumerCase {
  async function run(context: ConsumerContext): Promise<string> {
    await placeBot('typed', packages, context);
    return await compileEverywhere(check(compiler, options), options, context);
  }
  return { group: 'types', name, isQuick: false, run };
}

/** Returns the command of the compiler, which TypeScript 7 is used by alone. */
function check(compiler: Compiler, options: CompilerOptions): readonly string[] {
  if (compiler === '7') return [join('node_modules', alias(compiler), 'bin/tsc'), '--pretty', 'false'];
  return checking(alias(compiler), compiler === '5.4' && Object.keys(options).length === 0 ? 'all' : 'own');
}

/** Returns the arguments with which Node checks a folder with a compiler in JavaScript that is installed there. */
export function checking(compiler: string, scope: Scope): readonly string[] {
  return [checkTypes, compiler, scope];
}

/**
 * Compiles the programs of the folder with each resolution of modules.
 *
 * @returns A note: the number of errors in the types of other packages, which nothing here can mend.
 * @throws {Error} Unless the compiler finds the mistakes in the mistaken program, and nothing in ours.
 */
export async function compileEverywhere(
  command: readonly string[],
  options: CompilerOptions,
  { folder, signal }: ConsumerContext,
): Promise<string> {
  const names = ['mts', 'cts'].flatMap((kind) => [`correct.${kind}`, `mistaken.${kind}`]);
  for (const name of names) cpSync(join(folder, name.replace(/\.\w+$/, '.ts')), join(folder, name));
  const found = options['strict'] === false ? mistakes.filter((mistake) => mistake !== STRICT_ONLY) : mistakes;
  const expected = ['mts', 'cts'].flatMap((kind) => found.map((mistake) => `mistaken.${kind}${mistake}`));
  let foreign = 0;
  for (const resolution of resolutions) {
    const compilerOptions = { ...common, ...resolution, ...options };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: names }));
    const errors = await compile(command, folder, signal);
    const own = errors.filter((error) => !isForeign(error));
    assert.deepEqual(own.map(summary).toSorted(), expected.toSorted(), `${resolution.module}: ${own.join('\n')}`);
    foreign += errors.length - own.length;
  }
  return foreign === 0 ? '' : `${foreign} errors in the types of other packages`;
}

/** Returns the compiler's errors, a line each. */
async function compile(command: readonly string[], folder: string, signal: AbortSignal): Promise<readonly string[]> {
  // A compiler that finds errors fails, and the shell makes that a success.
  const script = '"$@" || [ $? -le 2 ]';
  const { stdout } = await runCommand('sh', ['-c', script, 'sh', process.execPath, ...command], { folder, signal });
  return stdout.split('\n').filter((line) => / error TS\d+: /.test(line) || /^error TS\d+: /.test(line));
}

/** Tells whether the error is in the types of a package that is not ours. */
function isForeign(error: string): boolean {
  return /(^|\/)node_modules\//.test(error) && !/node_modules\/sapphire-plugin-seen\/[^(]*\(/.test(error);
}

/** The file, the line and the code of an error. */
function summary(error: string): string {
  return error.replace(/^(.+)\((\d+),\d+\): error (TS\d+): .*$/s, '$1($2): $3');
}

export const typesCases: readonly ConsumerCase[] = [
  ...compilers.map((compiler) => typed(`TypeScript ${compiler} in node16, nodenext and bundler`, compiler)),
  typed('TypeScript 5.4 with exact optional properties', '5.4', {
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  }),
  typed('TypeScript 7 with exact optional properties', '7', {
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  }),
  typed('TypeScript 5.4 that is not strict', '5.4', { strict: false }),
  typed('TypeScript 7 that is not strict', '7', { strict: false }),
  typed('TypeScript 7 that names no types of its own', '7', { types: [] }),
];
