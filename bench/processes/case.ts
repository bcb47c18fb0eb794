// Runs one case. It loads no other, whose objects on the heap would make garbage collection slower.
// Arguments: the module of the case in cases/, without its ending, and its input as JSON.
import type { BenchCase, CaseInput } from '../case.ts';
import { serve } from './serve.ts';

const [module = '', input = ''] = process.argv.slice(2);
await serve<Awaited<ReturnType<BenchCase['run']>>>(async () => {
  const { default: found } = (await import(`../cases/${module}.ts`)) as { default: BenchCase };
  return () => found.run(JSON.parse(input) as CaseInput);
});
