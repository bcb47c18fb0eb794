import type { Command, OptionValues } from '@commander-js/extra-typings';

import { runProgram } from '../../scripts/program.ts';

export interface ProgramOutcome<Options> {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The options with which the program would have done its work; undefined if it was not to. */
  readonly options: Options | undefined;
}

/** Runs a program's definition, whose work is only to note its options. */
export async function runInProcess<Options extends OptionValues>(
  program: Command<[], Options>,
  args: readonly string[],
): Promise<ProgramOutcome<Options>> {
  let options: Options | undefined;
  let stdout = '';
  let stderr = '';
  program.configureOutput({ writeOut: (text) => void (stdout += text), writeErr: (text) => void (stderr += text) });
  const note = (given: Options): number => {
    options = given;
    return 0;
  };
  const code = await runProgram(program, note, args);
  return { code, stdout, stderr, options };
}
