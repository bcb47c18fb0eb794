// Builds the package twice, as ES modules and as CommonJS: Sapphire keeps a container for each module system, so a
// CommonJS bot must load a CommonJS plugin. Both start the same writer thread.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

import { bundleThread } from './bundle-thread.ts';
import { threadMark } from './thread-mark.ts';

const threadFolder = 'store/sqlite/writer';

/** The module with which each kind finds the thread, from its own folder, once it is asked to. */
const threadFile = {
  esm: `export const threadFile = () => new URL('../../../../writer-thread.mjs', import.meta.url);
export const threadMark = ${JSON.stringify(threadMark)};
`,
  cjs: `const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
exports.threadFile = () => pathToFileURL(join(__dirname, '../../../../writer-thread.mjs'));
exports.threadMark = ${JSON.stringify(threadMark)};
`,
};

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/cjs', { recursive: true });
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
await bundleThread('src/store/sqlite/thread.ts', 'dist/writer-thread.mjs');
for (const kind of ['esm', 'cjs'] as const) {
  compile(`tsconfig.${kind}.json`);
  writeFileSync(`dist/${kind}/${threadFolder}/thread-file.js`, threadFile[kind]);
}

function compile(project: string): void {
  const tsc = spawnSync('tsc', ['-p', project], { stdio: 'inherit', shell: process.platform === 'win32' });
  if (tsc.error) throw tsc.error;
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
}
