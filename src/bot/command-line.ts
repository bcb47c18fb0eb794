import { SeenConfigError } from 'sapphire-plugin-seen/store';

import { endOnCrash } from './crash.ts';
import { envVariables, readEnv, type BotEnv } from './env.ts';
import { createLogger } from './logger.ts';
import { untilSignal } from './signals.ts';

const usage = `Posts new SEC filings into a Discord channel, each of them once.

Usage: npm start [-- --help]

It is configured by its environment, or by a file named .env (see .env.example):
${envVariables.map(({ name }) => `  ${name}`).join('\n')}

Exit codes: 0 after SIGTERM or SIGINT, 1 when it cannot run, 2 when the configuration is wrong.
`;

/** Runs the bot until it is told to stop, and returns the exit code. */
export async function runFromCommandLine(args: readonly string[], variables: NodeJS.ProcessEnv): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage);
    return 0;
  }
  if (args.length > 0) {
    console.error(`Unknown argument: ${args[0]}\n\n${usage}`);
    return 2;
  }
  try {
    return await run(readEnv(variables));
  } catch (error) {
    if (!(error instanceof SeenConfigError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function run(env: BotEnv): Promise<number> {
  // Imported only now, so that a wrong configuration is reported without loading the rest.
  const { startBot } = await import('./bot.ts');
  const logger = await createLogger({ ...env.log, secrets: env.secrets });
  endOnCrash(logger);
  const signal = untilSignal(logger);
  try {
    const bot = await startBot(env, logger, signal);
    return await bot.ended;
  } catch (error) {
    logger.fatal('bot_failed', { error });
    return error instanceof SeenConfigError ? 2 : 1;
  }
}
