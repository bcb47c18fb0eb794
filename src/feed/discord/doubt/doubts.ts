import type { APIMessage } from 'discord.js';

import { commandName } from '../../../commands/command-option.ts';
import type { PostRecord, Uncertainty } from '../../../store/contract/claims.ts';
import type { ItemProgress } from '../../progress/item-progress.ts';
import { HistoryHiddenError } from '../channels/history.ts';
import { DiscordTime } from '../rest/discord-time.ts';
import { messageNonce, NONCE_WINDOW_MS } from '../message/nonce.ts';
import { OwnMessages } from '../rest/own-messages.ts';
import type { Sender } from '../rest/ask.ts';
import { ownUserId } from '../rest/own-user.ts';
import { fingerprintOf, keptFingerprints, type SentBody } from './fingerprint.ts';
import type { Destination, PostQuery } from './history.ts';
import { arrivalOf, type IntentTime, type Present } from './intent-time.ts';
import type { Intents } from './intents.ts';
import { likenessToAny, type Likeness } from './likeness.ts';
import { lookUp, type Look, type Wanted } from './look-up.ts';
import { SharedHistory } from './shared-history.ts';
import { kindredMessage } from './traits.ts';

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
  | Posted
  | { readonly kind: 'not-posted' | 'repeat' }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'undecided'; readonly error: string };

interface Posted {
  readonly kind: 'posted';
  readonly messageId: string;
}

/** Finds out what became of requests whose outcome is open. */
export class Doubts {
  readonly #sender: Sender;
  readonly #intents: Intents;
  readonly #time: DiscordTime;
  readonly #own: OwnMessages;
  readonly #shared: SharedHistory;

  constructor(sender: Sender, intents: Intents) {
    this.#sender = sender;
    this.#intents = intents;
    this.#time = DiscordTime.of(sender.rest, sender.clock);
    this.#own = OwnMessages.of(sender.rest);
    this.#shared = new SharedHistory(sender);
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
      if (look.kind === 'none' && this.#mayArrive(nonce, this.#intents.timeOf(nonce, earlier), destination))
        return wait('an earlier request may have been applied, and may still show in the channel');
      return conclude(look, channelId, earlier);
    } catch (error) {
      const heard = this.#heardOf(nonce);
      if (heard !== undefined) return heard;
      if (error instanceof HistoryHiddenError && earlier.mayRepeat) return { kind: 'not-posted' };
      throw error;
    }
  }

  /**
   * Looks into the channel for the message of an item whose record may be lost. Nothing is known of it but what the item
   * would look like now. Where the channel has nothing like it, the item is new. Where it has more messages than can be
   * read, nobody can tell.
   *
   * @param forms The messages that may have been sent: with an enrichment and without.
   * @throws {HistoryHiddenError} when the bot may not read the history, or the error of a request.
   */
  async search(
    progress: ItemProgress,
    channelId: string,
    forms: readonly SentBody[],
    lost: Uncertainty,
    destination: Destination,
  ): Promise<Doubt> {
    const nonce = messageNonce(progress.id, channelId);
    const { ageMs, ...posts } = await this.#postsLike(progress, channelId, forms, lost, destination);
    const look = await lookUp(progress, { ...this.#wanted(nonce, channelId), ...posts });
    const heard = this.#heardOf(nonce);
    if (heard !== undefined) return heard;
    const latest = { intentAt: new Date(lost.until.getTime() + ageMs), discordAt: null };
    if (look.kind === 'none' && this.#mayArrive(nonce, latest, destination))
      return wait('a request that the store has lost may have been applied, and may still show in the channel');
    return conclude(look, channelId, { mayRepeat: false });
  }

  /** Finds, by the same signs, whether a message may be the item's. It takes none. */
  async glance(
    progress: ItemProgress,
    channelId: string,
    forms: readonly SentBody[],
    lost: Uncertainty,
    destination: Destination,
  ): Promise<Doubt> {
    const nonce = messageNonce(progress.id, channelId);
    const { messages, likenessOf } = await this.#postsLike(progress, channelId, forms, lost, destination);
    const like = messages.filter(
      (message) => likenessOf(message) !== 'other' && !this.#own.isOfAnother(nonce, message.id),
    );
    const { recorded } = await progress.channelPosts(
      channelId,
      like.map(({ id }) => id),
    );
    const found = like.find(({ id }) => !recorded.includes(id));
    return found === undefined ? { kind: 'not-posted' } : { kind: 'posted', messageId: found.id };
  }

  /** The bot's posts since the loss. One of which nothing can be compared is not taken for the item's. */
  async #postsLike(
    { key }: ItemProgress,
    channelId: string,
    forms: readonly SentBody[],
    lost: Uncertainty,
    destination: Destination,
  ): Promise<Pick<Wanted, 'messages' | 'isComplete' | 'likenessOf'> & { readonly ageMs: number }> {
    const query = await this.#queryFor({ intentAt: lost.since, discordAt: null });
    const { discord, machine } = this.#present();
    const listing = await this.#shared.list(channelId, destination, query, discord ?? machine);
    const sent = forms.map((form) => fingerprintOf({ ...form }));
    const messages = await listing.like(sent);
    const kindred = kindredMessage(forms, messages, key);
    const likenessOf = (message: APIMessage): Likeness => {
      const likeness = likenessToAny(sent, message);
      if (likeness === 'exact' || likeness === 'alike') return likeness;
      return message.id === kindred ? 'kindred' : 'other';
    };
    return { messages, isComplete: listing.isComplete, likenessOf, ageMs: listing.ageMs };
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
    const query = await this.#queryFor(this.#intents.timeOf(nonce, earlier));
    const kept = keptFingerprints(earlier.fingerprint);
    const sent = kept.length > 0 ? kept : [fingerprintOf({ ...body })];
    const listing = await destination.list(this.#sender, query);
    return lookUp(progress, {
      ...this.#wanted(nonce, channelId),
      messages: await listing.like(sent),
      isComplete: listing.isComplete,
      likenessOf: (message) => likenessToAny(sent, message),
    });
  }

  /** The bot's own posts of the time in which a request may have arrived. */
  async #queryFor(intent: IntentTime): Promise<PostQuery> {
    await this.#time.ask();
    const userId = await ownUserId(this.#sender);
    return { userId, stretch: arrivalOf(intent, this.#present()) };
  }

  #wanted(nonce: string, channelId: string): Pick<Wanted, 'nonce' | 'channelId' | 'now' | 'isUnderWay' | 'own'> {
    const now = this.#present();
    const isUnderWay: Wanted['isUnderWay'] = (other) =>
      this.#intents.isUnderWay(messageNonce(other.itemId, channelId), other, now);
    return { nonce, channelId, now, isUnderWay, own: this.#own };
  }

  /** A message that is not there yet may come. Where Discord knows nonces, a repeated request does no harm. */
  #mayArrive(nonce: string, intent: IntentTime, { knowsNonces }: Destination): boolean {
    return !knowsNonces && this.#intents.isUnderWay(nonce, intent, this.#present());
  }

  #present(): Present {
    return { discord: this.#time.now(), machine: this.#sender.clock.now() };
  }

  /** The message that the gateway has told of, or this process has made. */
  heardOf({ id }: ItemProgress, channelId: string): Posted | undefined {
    return this.#heardOf(messageNonce(id, channelId));
  }

  #heardOf(nonce: string): Posted | undefined {
    const messageId = this.#own.find(nonce);
    return messageId === undefined ? undefined : { kind: 'posted', messageId };
  }
}

function conclude(look: Look, channelId: string, { mayRepeat }: Pick<PostRecord, 'mayRepeat'>): Doubt {
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
