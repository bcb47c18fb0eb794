import { SeenConfigError } from 'sapphire-plugin-seen/store';

/** One variable that cannot work: its name, what is wrong with it, and what to set. */
export interface EnvProblem {
  readonly variable: string;
  readonly problem: string;
}

/** Names every wrong variable at once, so that setting the bot up takes one round and not one per variable. */
export class BotEnvError extends SeenConfigError {
  readonly problems: readonly EnvProblem[];

  constructor(problems: readonly EnvProblem[]) {
    super(describe(problems));
    this.problems = problems;
  }
}

function describe(problems: readonly EnvProblem[]): string {
  const count = problems.length === 1 ? '1 environment variable is' : `${problems.length} environment variables are`;
  const lines = problems.map(({ variable, problem }) => `  ${variable}: ${problem}`);
  return [
    `${count} missing or wrong:`,
    ...lines,
    '.env.example describes every variable. Set them in the environment or in a file named .env, then start again.',
  ].join('\n');
}
