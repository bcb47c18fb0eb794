import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A path to another module of the package, in an import of whatever form. */
const RELATIVE_IMPORT = /(?<=\b(?:from|import|import\()\s*)(['"])(\.[^'"]+)\.ts\1/g;

/**
 * Writes the declarations of the entry points, and of the modules that these lead to: internals that nobody can import
 * are left out.
 *
 * @param entryPoints Modules of `src/`, without their ending.
 * @param folders The folders to write them to, each with the paths that the modules have in `src/`.
 */
export function writeDeclarations(entryPoints: readonly string[], folders: readonly string[]): void {
  const all = mkdtempSync(join(tmpdir(), 'seen-declarations-'));
  try {
    compile('tsconfig.declarations.json', all);
    for (const [module, text] of reachableFrom(entryPoints, all)) {
      for (const folder of folders) {
        const file = join(folder, `${module}.d.ts`);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
    }
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

/** The declarations of the modules and of what they import, with imports that every compiler resolves. */
function reachableFrom(modules: readonly string[], folder: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const waiting = [...modules];
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (texts.has(module)) continue;
    const text = readFileSync(join(folder, `${module}.d.ts`), 'utf8');
    for (const [, , path = ''] of text.matchAll(RELATIVE_IMPORT)) waiting.push(join(dirname(module), path));
    texts.set(module, text.replaceAll(RELATIVE_IMPORT, '$1$2.js$1'));
  }
  return texts;
}

function compile(project: string, folder: string): void {
  const args = ['-p', project, '--outDir', folder];
  const tsc = spawnSync('tsc', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (tsc.error) throw tsc.error;
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
}
