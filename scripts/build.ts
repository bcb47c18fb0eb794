// Builds the package twice, as ES modules and as CommonJS: Sapphire keeps a container for each module system, so a
// CommonJS bot must load a CommonJS plugin. Both have the same declarations, and start the same writer thread.
import { copyFileSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

import { bundleThread } from './bundle-thread.ts';
import { writeDeclarations } from './declarations.ts';
import { threadMark } from './thread-mark.ts';

/** The entry points of the package: their paths in `src/`, and in the folder of each kind. */
const entryPoints = ['index', 'register', 'store/index', 'edgar/index'];

/** The folder of what several entry points share, so that each class is one class whatever a bot imports. */
const SHARED = 'chunks';

/** The module with which each kind finds the thread, from the shared folder, once it is asked to. */
const threadFile = {
  esm: `export const threadFile = () => new URL('../../writer-thread.cjs', import.meta.url);
export const threadMark = ${JSON.stringify(threadMark)};
`,
  cjs: `const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
exports.threadFile = () => pathToFileURL(join(__dirname, '../../writer-thread.cjs'));
exports.threadMark = ${JSON.stringify(threadMark)};
`,
} as const;
type Kind = keyof typeof threadFile;

interface Build {
  readonly kind: Kind;
  /** Modules of `src/`, without their ending. */
  readonly modules: readonly string[];
  /** The folder of `dist/` for them, and the one below it for what they share. */
  readonly folder: string;
  readonly shared: string;
}

/** The packages of the command line, which are bundled with it: a bot installs none of them. */
const bundledPackages = ['@commander-js/extra-typings', 'commander'];

/** Bundles modules, with what they share in modules of its own. Packages stay outside, but for those of the command line. */
async function bundle({ kind, modules, folder, shared }: Build): Promise<void> {
  const built = await rolldown({
    input: Object.fromEntries(modules.map((module) => [module, `src/${module}.ts`])),
    platform: 'node',
    external: (id) => /^[^./]/.test(id) && !bundledPackages.includes(id),
    tsconfig: false,
    plugins: [
      {
        name: 'thread-file',
        resolveId: (id) => (id.endsWith('/thread-file.js') ? { id: './thread-file.js', external: true } : null),
      },
    ],
  });
  await built.write({
    dir: `dist/${folder}`,
    format: kind,
    exports: 'named',
    // Yarn's Plug'n'Play resolves what a CommonJS bot requires, and not what it imports.
    dynamicImportInCjs: false,
    entryFileNames: '[name].js',
    comments: { jsdoc: false },
    chunkFileNames: ({ name }) => `${shared}/${name === 'src' ? 'plugin' : name}.js`,
  });
  await built.close();
}

/** A licence has to go with what it is about. */
function copyLicences(): void {
  const { resolve } = createRequire(import.meta.url);
  for (const name of bundledPackages) {
    const licence = join(dirname(resolve(name)), 'LICENSE');
    copyFileSync(licence, `dist/esm/cli/LICENSE.${name.replace(/^@/, '').replace('/', '-')}`);
  }
}

rmSync('dist', { recursive: true, force: true });
await bundleThread('src/store/sqlite/thread.ts', 'dist/writer-thread.cjs');
for (const kind of ['esm', 'cjs'] as const) {
  const programs = kind === 'esm' ? ['cli/seen'] : [];
  await bundle({ kind, modules: [...entryPoints, ...programs], folder: kind, shared: SHARED });
  writeFileSync(`dist/${kind}/${SHARED}/thread-file.js`, threadFile[kind]);
}
copyLicences();
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
writeDeclarations(entryPoints, ['dist/esm', 'dist/cjs']);
const listeners = globSync('bot/listeners/*.ts', { cwd: 'src' }).map((file) => file.replace(/\.ts$/, ''));
// The bot looks for its listeners beside its main module.
await bundle({ kind: 'esm', modules: ['bot/main', ...listeners], folder: 'esm', shared: 'bot' });
