import type { ConsumerCase } from '../case.ts';
import { compiledCases } from './compiled.ts';
import { exampleCases } from './example.ts';
import { installersCases } from './installers.ts';
import { nativeModuleCases } from './native-module.ts';
import { nodeVersionCases } from './node-versions.ts';
import { packageCases } from './package.ts';
import { peersCases } from './peers.ts';
import { postgresCases } from './postgres.ts';
import { readmeCases } from './readme.ts';
import { runtimeCases } from './runtime.ts';
import { typesCases } from './types.ts';
import { withoutPythonCases } from './without-python.ts';

/** All cases, in the order of the matrix. */
export const cases: readonly ConsumerCase[] = [
  ...packageCases,
  ...runtimeCases,
  ...compiledCases,
  ...readmeCases,
  ...exampleCases,
  ...typesCases,
  ...peersCases,
  ...postgresCases,
  ...nodeVersionCases,
  ...nativeModuleCases,
  ...installersCases,
  ...withoutPythonCases,
];
