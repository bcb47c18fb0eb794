import { Routes, type REST } from 'discord.js';

import { withTimeLimit, type Clock } from '../../store/clock.ts';
import type { MessageBody } from '../feed.ts';
import { messageNonce } from './nonce.ts';
import { watchTries, type Tries } from './request-guard.ts';

/** Longest time a request may take with its queue and retries, so that it arrives within the nonce's window. */
const REQUEST_TIMEOUT_MS = 45_000;

/** The end of a request. With `inDoubt`, the message may exist in spite of the error. */
export type Answer = { readonly messageId: string } | { readonly error: unknown; readonly inDoubt: boolean };

export interface Sender {
  readonly rest: REST;
  readonly clock: Clock;
}

/**
 * Creates a message, with the nonce that makes a repeated request harmless. Never rejects.
 *
 * @param id The item's id, which makes the nonce together with the channel's.
 */
export async function send({ rest, clock }: Sender, id: string, channelId: string, body: MessageBody): Promise<Answer> {
  const tries: Tries = { inDoubt: false };
  const sent = { ...body, nonce: messageNonce(id, channelId), enforce_nonce: true };
  try {
    // discord.js looks at the signal only between its waits, and may wait for an hour after a 429.
    const answer = await withTimeLimit({ clock, limitMs: REQUEST_TIMEOUT_MS, expired }, (signal) =>
      watchTries(tries, () => rest.post(Routes.channelMessages(channelId), { body: sent, signal })),
    );
    return { messageId: messageIdOf(answer) };
  } catch (error) {
    return { error, inDoubt: tries.inDoubt };
  }
}

function expired(): Error {
  return new Error(`no answer within ${REQUEST_TIMEOUT_MS / 1000} s`);
}

function messageIdOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'id' in answer) return String(answer.id);
  throw new Error('Discord answered without a message');
}
