import { runProgram } from '../scripts/program.ts';
import { program } from './options.ts';

process.exitCode = await runProgram(program, async (options) => {
  // Loaded only now, so that help and a wrong option are answered at once.
  const { causeChaos } = await import('./cause.ts');
  return causeChaos(options);
});
