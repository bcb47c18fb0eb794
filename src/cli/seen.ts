#!/usr/bin/env node
// The command `seen`. The rest is imported after the check, because it uses what an older Node does not have.
import { nodeProblem } from '../store/node-problem.ts';

const problem = nodeProblem();
if (problem === undefined) {
  const [{ run }, { processContext }] = await Promise.all([import('./run.ts'), import('./process-context.ts')]);
  process.exitCode = await run(process.argv.slice(2), processContext());
} else {
  console.error(problem);
  process.exitCode = 1;
}
