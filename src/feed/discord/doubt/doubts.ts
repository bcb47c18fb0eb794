import { commandName } from '../../../commands/command-option.ts';
import type { PostRecord } from '../../../store/contract/claims.ts';
import type { ItemProgress } from '../../progress/item-progress.ts';
import { HistoryHiddenError } from '../channels/history.ts';
import { DiscordTime } from '../rest/discord-time.ts';
import { messageNonce, NONCE_WINDOW_MS } from '../message/nonce.ts';
import { OwnMessages } from '../rest/own-messages.ts';
import type { Sender } from '../rest/ask.ts';
import { ownUserId } from '../rest/own-user.ts';
import { fingerprintOf, keptFingerprints, type SentBody } from './fingerprint.ts';
import type { Destination } from './history.ts';
import { arrivalOf, type Present } from './intent-time.ts';
import type { Intents } from './intents.ts';
import { lookUp, type Look, type Wanted } from './look-up.ts';

/**
 * The outcome of a request for which it was open.
 *
 * - `posted`: the message exists.
 * - `not-posted`: it does not, or a person wants it although nobody can tell.
 * - `repeat`: Discord still knows the nonce, so that a repeated request makes no second message.
 * - `wait`: it will be known later.
 * - `undecided`: nobody can tell.
 */
export type Doubt =
  | { readonly kind: 'posted'; readonly messageId: string }
  | { readonly kind: 'not-posted' | 'repeat' }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'undecided'; readonly error: string };

/** Finds out what became of requests whose outcome is open. */
export class Doubts {
  readonly #sender: Sender;
  readonly #intents: Intents;
  readonly #time: DiscordTime;
  readonly #own: OwnMessages;

  constructor(sender: Sender, intents: Intents) {
    this.#sender = sender;
    this.#intents = intents;
    this.#time = DiscordTime.of(sender.rest, sender.clock);
    this.#own = OwnMessages.of(sender.rest);
  }

  /**
   * Finds out what became of a request without a look into the channel: the gateway may have told, and within the nonce's
   * window Discord knows, unless the destination knows no nonces.
   *
   * @returns Undefined when only the channel can tell.
   */
  async recall(
    { id }: ItemProgress,
    channelId: string,
    earlier: PostRecord,
    knowsNonces: boolean,
  ): Promise<Doubt | undefined> {
    const nonce = messageNonce(id, channelId);
    const heard = this.#heardOf(nonce);
    if (heard !== undefined) return heard;
    if (earlier.discordAt !== null) await this.#time.ask();
    const age = this.#intents.ageOf(nonce, earlier);
    return knowsNonces && age !== undefined && age < NONCE_WINDOW_MS ? { kind: 'repeat' } : undefined;
  }

  /**
   * Looks into the channel for what became of a request. The gateway may tell meanwhile, and is believed first.
   *
   * @throws {HistoryHiddenError} when the bot may not read the history, or the error of a request.
   */
  async look(
    progress: ItemProgress,
    channelId: string,
    body: SentBody,
    earlier: PostRecord,
    destination: Destination,
  ): Promise<Doubt> {
    const nonce = messageNonce(progress.id, channelId);
    try {
      const look = await this.#lookUp(progress, channelId, body, earlier, destination);
      const heard = this.#heardOf(nonce);
      if (heard !== undefined) return heard;
      if (look.kind === 'none' && this.#mayArrive(nonce, earlier, destination))
        return wait('an earlier request may have been applied, and may still show in the channel');
      return conclude(look, channelId, earlier);
    } catch (error) {
      const heard = this.#heardOf(nonce);
      if (heard !== undefined) return heard;
      if (error instanceof HistoryHiddenError && earlier.mayRepeat) return { kind: 'not-posted' };
      throw error;
    }
  }

  /** The message that was sent counts, not the template's present one. An earlier version has not noted it. */
  async #lookUp(
    progress: ItemProgress,
    channelId: string,
    body: SentBody,
    earlier: PostRecord,
    destination: Destination,
  ): Promise<Look> {
    const nonce = messageNonce(progress.id, channelId);
    await this.#time.ask();
    const botId = await ownUserId(this.#sender);
    const kept = keptFingerprints(earlier.fingerprint);
    const fingerprints = kept.length > 0 ? kept : [fingerprintOf({ ...body })];
    const now = this.#present();
    const arrival = arrivalOf(this.#intents.timeOf(nonce, earlier), now);
    const isUnderWay: Wanted['isUnderWay'] = (other) =>
      this.#intents.isUnderWay(messageNonce(other.itemId, channelId), other, now);
    const wanted = { botId, channelId, nonce, fingerprints, arrival, now, isUnderWay, destination };
    return lookUp(this.#sender, progress, wanted);
  }

  /** A message that is not there yet may come. Where Discord knows nonces, a repeated request does no harm. */
  #mayArrive(nonce: string, earlier: PostRecord, { knowsNonces }: Destination): boolean {
    return !knowsNonces && this.#intents.isUnderWay(nonce, this.#intents.timeOf(nonce, earlier), this.#present());
  }

  #present(): Present {
    return { discord: this.#time.now(), machine: this.#sender.clock.now() };
  }

  /** The message that the gateway has told of. */
  #heardOf(nonce: string): Doubt | undefined {
    const messageId = this.#own.find(nonce);
    return messageId === undefined ? undefined : { kind: 'posted', messageId };
  }
}

function conclude(look: Look, channelId: string, { mayRepeat }: PostRecord): Doubt {
  if (look.kind === 'found') return { kind: 'posted', messageId: look.messageId };
  if (look.kind === 'none') return { kind: 'not-posted' };
  if (look.kind === 'undecided')
    return mayRepeat ? { kind: 'not-posted' } : { kind: 'undecided', error: explain(channelId, look.messageIds) };
  return wait('a message in the channel may be that of another item, which is being looked for as well');
}

function wait(reason: string): Doubt {
  return { kind: 'wait', reason };
}

function explain(channelId: string, messageIds: readonly string[]): string {
  const cause =
    messageIds.length === 0
      ? 'the channel has too many messages to look through'
      : `nothing can be compared of the message ${messageIds.slice(0, 3).join(', ')}`;
  return (
    `nobody can tell whether it was posted in channel ${channelId}: ${cause}. ` +
    `Look for it there. Where it is missing, /${commandName()} retry posts it; otherwise leave it.`
  );
}
