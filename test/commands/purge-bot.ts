import { buttonsOf, ids, type InteractionResult, type Message } from '../../local/discord/index.ts';
import { daysAgo, startSeenBot, type Asked, type SeenBot, type SeenBotOptions } from './seen-bot.ts';

/** Ids that `/seen purge age:7d` is about. */
export const old = ['a', 'b', 'c'];
const young = ['d', 'e'];

/** Starts a bot whose store remembers old and young ids. */
export async function startFilledBot(options?: SeenBotOptions): Promise<SeenBot> {
  const bot = await startSeenBot(options);
  await bot.store.markSeen(old, daysAgo(20));
  await bot.store.markSeen(young, daysAgo(1));
  return bot;
}

/** Types `/seen purge`, as an administrator of the home guild unless told otherwise. */
export function purge(bot: SeenBot, age = '7d', asked: Asked = {}): Promise<InteractionResult> {
  return bot.seen('purge', { user: ids.homeAdmin, ...asked, options: { age } });
}

/** Types `/seen purge` and returns the question that it asks. */
export async function question(bot: SeenBot, asked?: Asked): Promise<Message> {
  return (await purge(bot, '7d', asked)).reply();
}

/** Presses the button whose label begins with `label`. */
export function press(
  { discord }: SeenBot,
  message: Message,
  label: string,
  user: string = ids.homeAdmin,
): Promise<InteractionResult> {
  const button = buttonsOf(message).find((one) => one.label.startsWith(label));
  return discord.press({ user, message, customId: button?.customId ?? 'no such button' });
}

/** Those of the ids that were forgotten. */
export function forgotten({ store }: SeenBot): Promise<string[]> {
  return store.filterUnseen([...old, ...young]);
}
