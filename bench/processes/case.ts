// Runs one case, named on the command line, in a process of its own that loads no other: a heap that holds all that the
// others need takes longer to collect.
import type { BenchCase, CaseInput } from '../case.ts';
import { serve } from './serve.ts';

const [name = '', input = ''] = process.argv.slice(2);
await serve<Awaited<ReturnType<BenchCase['run']>>>(async () => {
  const { default: found } = (await import(`../cases/${name}.ts`)) as { default: BenchCase };
  return () => found.run(JSON.parse(input) as CaseInput);
});
