import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { sourceVersion } from '../../chaos/source-version.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A clone with one commit. */
function clone(): { readonly folder: string; write(file: string, text: string): void } {
  const folder = temporaryFolder();
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  for (const name of ['src', 'chaos/results', 'notes']) mkdirSync(join(folder, name), { recursive: true });
  write('package.json', '{ "version": "1.2.3" }');
  for (const file of ['README.md', 'src/index.ts']) write(file, 'first');
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
  execFileSync('git', ['add', '.'], { cwd: folder });
  execFileSync('git', [...author, 'commit', '--quiet', '-m', 'first'], { cwd: folder });
  return { folder, write };
}

test('the version has the commit, whatever lies beside the sources and whatever runs and summaries wrote', () => {
  const { folder, write } = clone();
  write('README.md', 'a later summary');
  for (const file of ['chaos/results/1.json', 'notes/todo.md']) write(file, 'new');
  expect(sourceVersion(folder)).toMatch(/^1\.2\.3 \([\da-f]{7,}\)$/);
});

test.each(['src/index.ts', 'src/new.ts', 'chaos/new.ts'])('a change of %s is told by a plus sign', (file) => {
  const { folder, write } = clone();
  write(file, 'changed');
  expect(sourceVersion(folder)).toMatch(/\+\)$/);
});

test('without a clone there is the version alone', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package.json'), '{ "version": "1.2.3" }');
  expect(sourceVersion(folder)).toBe('1.2.3');
});
