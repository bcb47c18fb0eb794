import { Routes } from 'discord.js';

import { NOBODY } from '../../mentions.ts';
import type { PlainBody } from './plain-body.ts';
import { messageNonce } from './nonce.ts';
import { OwnMessages } from '../rest/own-messages.ts';
import { watchTries, type Tries } from '../rest/request-guard.ts';
import { ask, type Sender } from '../rest/ask.ts';

/** The end of a request. With `inDoubt`, the message may exist in spite of the error. */
export type Answer = { readonly messageId: string } | { readonly error: unknown; readonly inDoubt: boolean };

/**
 * Creates a message, with the nonce that makes a repeated request harmless. Never rejects. It pings nobody unless the body
 * says whom. A message that the gateway has told of is not sent again, and its id stands for a lost answer.
 *
 * @param id The item's id, which makes the nonce together with the channel's.
 */
export async function send(sender: Sender, id: string, channelId: string, body: PlainBody): Promise<Answer> {
  const tries: Tries = { inDoubt: false };
  const nonce = messageNonce(id, channelId);
  const own = OwnMessages.of(sender.rest);
  const heard = own.find(nonce);
  if (heard !== undefined) return { messageId: heard };
  const sent = { allowed_mentions: NOBODY, ...body, nonce, enforce_nonce: true };
  try {
    const answer = await ask(sender, (rest, signal) =>
      watchTries(tries, () => rest.post(Routes.channelMessages(channelId), { body: sent, signal })),
    );
    const messageId = messageIdOf(answer);
    own.note(nonce, messageId);
    return { messageId };
  } catch (error) {
    const messageId = own.find(nonce);
    return messageId === undefined ? { error, inDoubt: tries.inDoubt } : { messageId };
  }
}

/** The id that an answer names. */
export function messageIdOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'id' in answer) return String(answer.id);
  throw new Error('Discord answered without a message');
}
