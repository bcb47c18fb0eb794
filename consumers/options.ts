import { createProgram } from '../scripts/program.ts';

export const program = createProgram(
  'consumers',
  'Packs the package and uses it as strangers do, in folders outside the repository: bots of every kind against a ' +
    'Discord on this machine, compilers, installers, versions of Node. What they need comes from the npm registry.',
  '0 when every case that could be run went well, 1 when one did not',
)
  .option('--only <text...>', 'run the cases of these groups, or those whose names contain these texts')
  .option('--quick', 'run only the cases that take seconds')
  .option('--list', 'list the cases instead of running them')
  .option('--timing', 'measure instead what the package costs at import and at start; the machine must be idle')
  .option('--keep', 'keep the folders of the cases, and say where they are')
  .option('--no-build', 'pack what the last build made');

export type ConsumersOptions = ReturnType<typeof program.opts>;
