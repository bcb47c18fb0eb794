import { container, type Listener, type UserError } from '@sapphire/framework';
import type { RepliableInteraction } from 'discord.js';

import { systemClock } from '../store/clock.ts';
import { answerPrivately } from './answer.ts';

/** Time for the answer of a listener of the bot's own to arrive, in milliseconds. Discord waits for three seconds. */
const OTHERS_FIRST_MS = 1_000;

/**
 * Says why a precondition denied. Without an answer the user sees "The application did not respond". A bot's own listener
 * for the event goes first, and one that only logs is made up for: an interaction counts as answered only once Discord
 * has taken the answer, so that cannot be seen at once.
 */
export async function answerDenied(
  { event }: Pick<Listener, 'event'>,
  interaction: RepliableInteraction,
  { message }: UserError,
): Promise<void> {
  if (container.client.listenerCount(String(event)) > 1) await systemClock.sleep(OTHERS_FIRST_MS);
  if (interaction.replied || interaction.deferred) return;
  const content = message.trim() === '' ? 'You may not use this command here.' : message.slice(0, 1_500);
  await answerPrivately(interaction, { content });
}
