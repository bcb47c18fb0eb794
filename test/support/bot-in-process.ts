import type * as Framework from '@sapphire/framework';

import type { BotLine } from '../../demo/bot-process.ts';
import type * as Bot from '../../src/bot/bot.ts';
import { readEnv } from '../../src/bot/env.ts';
import { createLogger } from '../../src/bot/logger.ts';
import { prepareCorePieces } from './core-pieces.ts';
import { bundledBotModule } from './program-file.ts';
import type { StartedBot } from './running-bot.ts';

/** The bot's modules as the last build made them, with the Sapphire that they use. */
async function loadBot(): Promise<{ readonly startBot: typeof Bot.startBot; readonly framework: typeof Framework }> {
  const { startBot } = (await import(bundledBotModule('bot').href)) as typeof Bot;
  const framework = (await import(bundledBotModule('framework').href)) as typeof Framework;
  return { startBot, framework };
}

/**
 * Starts the bot in this process, where it takes a tenth of the time that a process of its own does. Of the program it
 * lacks its main module: signals, crashes and the exit. Only one can run at a time, as Sapphire has one container.
 */
export function startBotHere(variables: Readonly<Record<string, string>>): StartedBot {
  const listeners: ((line: BotLine) => void)[] = [];
  const stopping = new AbortController();
  const write = (text: string): void => {
    const line = JSON.parse(text) as BotLine;
    for (const listener of listeners) listener(line);
  };
  const code = run(variables, write, stopping.signal);
  return {
    onLine: (listener) => void listeners.push(listener),
    ended: () => code.then((ended) => `The bot ended with exit code ${ended}.`, String),
    stop: () => {
      stopping.abort();
      return code;
    },
  };
}

async function run(
  variables: Readonly<Record<string, string>>,
  write: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const { startBot, framework } = await loadBot();
  const { container, SapphireClient } = framework;
  const env = readEnv(variables);
  const logger = await createLogger({ ...env.log, secrets: env.secrets, destination: { write } });
  const loadCorePieces = await prepareCorePieces(framework);
  const plugins = new Set(SapphireClient.plugins.registry);
  SapphireClient.plugins.registerPreLoginHook(loadCorePieces);
  try {
    return await (
      await startBot(env, logger, signal)
    ).ended;
  } finally {
    for (const plugin of SapphireClient.plugins.registry) {
      if (!plugins.has(plugin)) SapphireClient.plugins.registry.delete(plugin);
    }
    // Sapphire keeps the commands of a client that has ended, and would register them again for the next.
    await container.stores.get('commands').unloadAll();
  }
}
