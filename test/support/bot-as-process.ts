import { BotProcess } from '../../demo/bot-process.ts';
import { botFile } from './program-file.ts';
import type { StartedBot } from './running-bot.ts';

/** Starts the bot as an operator does: a process of its own, which signals and its own exit end. */
export function startBotProcess(variables: Readonly<Record<string, string>>): StartedBot {
  const bot = new BotProcess(variables, botFile());
  return {
    onLine: (listener) => bot.onLine(listener),
    ended: () => bot.nextLine('a line that never comes').then(({ msg }) => msg, String),
    stop: () => bot.stop(),
  };
}
