// Runs one case, named on the command line, in a process of its own.
import type { CaseInput, Measurement } from '../case.ts';
import { cases } from '../cases/index.ts';
import { serve } from './serve.ts';

const [name = '', input = ''] = process.argv.slice(2);
await serve<readonly Measurement[]>(async () => async () => {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no case "${name}".`);
  return found.run(JSON.parse(input) as CaseInput);
});
