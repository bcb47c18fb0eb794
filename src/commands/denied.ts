import { container, type Listener, type UserError } from '@sapphire/framework';
import type { RepliableInteraction } from 'discord.js';

import { answerPrivately } from './answer.ts';

/**
 * Says why a precondition denied. Without an answer the user sees "The application did not respond". A bot that has a
 * listener of its own for the event answers itself.
 */
export async function answerDenied(
  { event }: Pick<Listener, 'event'>,
  interaction: RepliableInteraction,
  { message }: UserError,
): Promise<void> {
  if (container.client.listenerCount(String(event)) > 1) return;
  const content = message.trim() === '' ? 'You may not use this command here.' : message.slice(0, 1_500);
  await answerPrivately(interaction, { content });
}
