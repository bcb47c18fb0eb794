// Writes what each entry point exports, with its types, into docs/api/, so that a review sees when the public API changes.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, type ExtractorMessage } from '@microsoft/api-extractor';

import { createProgram, runProgram } from './program.ts';

/** The entry points of the package, and the modules of the build that they are. */
const entryPoints = { index: 'index', register: 'register', store: 'store/index', edgar: 'edgar/index' } as const;
type EntryPoint = keyof typeof entryPoints;

const FOLDER = 'docs/api';

/** Options of a compiler that reads the declarations as that of a bot does. */
const consumer = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  skipLibCheck: true,
};

const program = createProgram(
  'api',
  'Writes a report of what each entry point of the built package exports into docs/api/.',
  '0 when the reports were written, or with --check are up to date; 1 when not',
).option('--check', 'write nothing, and fail when a report is out of date', false);

process.exitCode = await runProgram(program, ({ check }) => {
  mkdirSync(FOLDER, { recursive: true });
  const stale = (Object.keys(entryPoints) as EntryPoint[]).filter((name) => !isUpToDate(name, check));
  for (const name of stale)
    console.error(`${FOLDER}/${name}.api.md is not the public API. Run npm run api, and review it.`);
  return stale.length === 0 ? 0 : 1;
});

/** Without `check` the report is written, and is up to date then. */
function isUpToDate(name: EntryPoint, check: boolean): boolean {
  console.log(`${check ? 'Checking' : 'Writing'} ${FOLDER}/${name}.api.md`);
  const { succeeded, apiReportChanged } = Extractor.invoke(configOf(name), {
    localBuild: !check,
    messageCallback: showErrors,
  });
  return check ? succeeded && !apiReportChanged : succeeded;
}

function configOf(name: EntryPoint): ExtractorConfig {
  const none = { default: { logLevel: ExtractorLogLevel.None } };
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve('package.json'),
    configObject: {
      projectFolder: resolve('.'),
      mainEntryPointFilePath: resolve(`dist/esm/${entryPoints[name]}.d.ts`),
      compiler: { overrideTsconfig: { compilerOptions: consumer } },
      apiReport: {
        enabled: true,
        includeForgottenExports: true,
        reportFileName: `${name}.api.md`,
        reportFolder: resolve(FOLDER),
        reportTempFolder: resolve('node_modules/.cache/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { compilerMessageReporting: none, extractorMessageReporting: none, tsdocMessageReporting: none },
    },
  });
}

function showErrors(message: ExtractorMessage): void {
  message.handled = true;
  if (message.logLevel === ExtractorLogLevel.Error) console.error(message.text);
}
