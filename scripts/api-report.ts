// Writes what each entry point exports, with its types, to docs/api/: a review sees when the public API changes.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const entryPoints = { index: 'index', register: 'register', store: 'store/index', edgar: 'edgar/index' };
const check = process.argv.includes('--check');

mkdirSync('docs/api', { recursive: true });
const changed = Object.entries(entryPoints).filter(([name, module]) => !report(name, module));
if (changed.length > 0) {
  console.error(
    `The public API of ${changed.map(([name]) => name).join(', ')} is not that of docs/api/. Run npm run api.`,
  );
  process.exitCode = 1;
}

/** Whether the report is the one that lies there; without --check it is written. */
function report(name: string, module: string): boolean {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: resolve('package.json'),
    packageJsonFullPath: resolve('package.json'),
    configObject: {
      projectFolder: resolve('.'),
      mainEntryPointFilePath: resolve(`dist/esm/${module}.d.ts`),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            module: 'nodenext',
            moduleResolution: 'nodenext',
            target: 'es2023',
            lib: ['es2023', 'esnext.disposable'],
            types: ['node'],
            skipLibCheck: true,
            strict: true,
          },
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: resolve('docs/api'),
        reportTempFolder: resolve('node_modules/.cache/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
  });
  const result = Extractor.invoke(config, {
    localBuild: !check,
    showVerboseMessages: false,
    messageCallback: (m) => {
      console.log(m.logLevel, m.messageId, m.text.slice(0, 160));
      m.handled = true;
    },
  });
  return check ? !result.apiReportChanged : true;
}
