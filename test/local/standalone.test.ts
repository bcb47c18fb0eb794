import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const LOCAL = 'local';

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(file: string): Import[] {
  const targets = [...readFileSync(file, 'utf8').matchAll(/(?:from|import|require)\s*\(?\s*'([^']+)'/g)];
  return targets.map(([, target = '']) => ({
    from: file,
    to: target.startsWith('.') ? normalize(join(dirname(file), target)) : target,
  }));
}

function run(...args: readonly string[]): object {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 45_000 });
  return { status, stdout, stderr };
}

test('the local servers import nothing of the project but each other, and no test runner', () => {
  const imports = globSync(`${LOCAL}/**/*.ts`).flatMap(importsOf);
  const own = imports.filter(({ to }) => to.startsWith(LOCAL));
  expect(own.length).toBeGreaterThan(100);
  expect(imports.filter(({ to }) => to.endsWith('.ts') && !to.startsWith(LOCAL))).toEqual([]);
  expect(imports.filter(({ to }) => to.startsWith('vitest') || to.startsWith('sapphire-plugin-seen'))).toEqual([]);
});

test('a program that has closed the local servers ends by itself, hanging requests or not', () => {
  const program = join(import.meta.dirname, 'hanging-program.ts');
  expect(run(program)).toEqual({ status: 0, stdout: 'rejected\nrejected\nrejected\n', stderr: '' });
});

test('the example in their README does what it shows', () => {
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(LOCAL, 'README.md'), 'utf8')) ?? [];
  const result = run('--input-type=module-typescript', '--eval', example);
  expect(result).toEqual({ status: 0, stdout: "[ 'Hello' ]\n[]\n", stderr: '' });
});
