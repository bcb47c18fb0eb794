// Checks the files of tsconfig.json in the working directory, with a compiler that is installed there, and prints its
// errors as tsc does: `node check-types.ts COMPILER own|all`. `own` passes over the declarations of other packages. They
// take three quarters of the time, and nothing here can mend them.
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface SourceFile {
  readonly fileName: string;
}

type Diagnostics = readonly object[];

interface Program {
  getSourceFiles(): readonly SourceFile[];
  getOptionsDiagnostics(): Diagnostics;
  getGlobalDiagnostics(): Diagnostics;
  getSyntacticDiagnostics(file: SourceFile): Diagnostics;
  getSemanticDiagnostics(file: SourceFile): Diagnostics;
}

/** The part of the compiler's interface that is used here. */
interface Compiler {
  readonly sys: object;
  readConfigFile(path: string, read: unknown): { readonly config: object };
  parseJsonConfigFileContent(
    config: object,
    host: object,
    folder: string,
  ): { readonly fileNames: readonly string[]; readonly options: object; readonly errors: Diagnostics };
  createProgram(names: readonly string[], options: object): Program;
  formatDiagnostics(diagnostics: Diagnostics, host: object): string;
}

const [, , compiler = '', scope = ''] = process.argv;
const folder = process.cwd();
const ts = createRequire(join(folder, 'package.json'))(compiler) as Compiler;

/** Tells whether the file is the program's, or in our package. */
function isOurs({ fileName }: SourceFile): boolean {
  return !fileName.includes('/node_modules/') || fileName.includes('/node_modules/sapphire-plugin-seen/');
}

const { config } = ts.readConfigFile('tsconfig.json', (ts.sys as { readFile: unknown }).readFile);
const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
const program = ts.createProgram(fileNames, options);
const files = program.getSourceFiles().filter((file) => scope === 'all' || isOurs(file));
const found = [
  ...errors,
  ...program.getOptionsDiagnostics(),
  ...program.getGlobalDiagnostics(),
  ...files.flatMap((file) => program.getSyntacticDiagnostics(file)),
  ...files.flatMap((file) => program.getSemanticDiagnostics(file)),
];
const host = { getCanonicalFileName: String, getCurrentDirectory: () => folder, getNewLine: () => '\n' };
console.log(ts.formatDiagnostics(found, host));
