// Builds the package twice, as ES modules and as CommonJS: Sapphire keeps a container for each module system, so a
// CommonJS bot must load a CommonJS plugin.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
for (const kind of ['esm', 'cjs']) {
  const tsc = spawnSync('tsc', ['-p', `tsconfig.${kind}.json`], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (tsc.error) throw tsc.error;
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
}
mkdirSync('dist/cjs', { recursive: true });
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
