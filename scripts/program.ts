export interface Program<Options extends object> {
  readonly usage: string;
  /** @throws With a message that says which option is wrong. */
  readonly parse: (args: readonly string[]) => Options | 'help';
  /** Does the work, and returns the exit code. */
  readonly run: (options: Options) => Promise<number> | number;
}

/** Runs a program of this project: 2 for a wrong option, 0 for `--help`, 1 or the error's own code when it fails. */
export async function runProgram<Options extends object>(
  { usage, parse, run }: Program<Options>,
  args: readonly string[],
): Promise<number> {
  let options: Options | 'help';
  try {
    options = parse(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  try {
    return await run(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 1;
  }
}
