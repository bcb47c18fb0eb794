import type { PostRecord, Uncertainty } from '../../store/contract/claims.ts';
import type { ItemProgress } from '../progress/item-progress.ts';
import { ChannelBreaker } from './channels/breaker.ts';
import { ChannelTroubles, type TroublesContext } from './channels/troubles.ts';
import { classifyPostError } from './refusals/classify-error.ts';
import { Doubts, type Doubt } from './doubt/doubts.ts';
import { Intents } from './doubt/intents.ts';
import { ChannelKinds } from './channels/kinds.ts';
import { Destinations } from './destinations.ts';
import type { Post } from './forum/forum-thread.ts';
import { Publisher } from './publisher.ts';
import { Looks } from './looks.ts';
import { retryOf, settledOutcome, type PostOutcome } from './post-outcome.ts';
import { guardRequests } from './rest/request-guard.ts';
import type { Answer } from './message/send.ts';
import { callerOf, Verdicts } from './verdicts.ts';

/** Posts an item into a channel once, whatever became of earlier attempts. */
export class Poster {
  readonly #destinations: Destinations;
  readonly #breaker: ChannelBreaker;
  readonly #troubles: ChannelTroubles;
  readonly #verdicts: Verdicts;
  readonly #looks: Looks;
  readonly #intents: Intents;
  readonly #doubts: Doubts;

  constructor(context: TroublesContext) {
    const { rest, clock } = context;
    guardRequests(rest);
    const kinds = new ChannelKinds(rest, clock);
    this.#destinations = new Destinations(context, kinds);
    this.#intents = new Intents(context);
    this.#doubts = new Doubts(context, this.#intents);
    this.#breaker = new ChannelBreaker(clock);
    this.#troubles = new ChannelTroubles(context, this.#breaker);
    const publisher = context.options.publish ? new Publisher({ ...context, kinds }) : undefined;
    this.#verdicts = new Verdicts({ breaker: this.#breaker, troubles: this.#troubles, publisher });
    const looksContext = {
      clock,
      destinations: this.#destinations,
      troubles: this.#troubles,
      verdicts: this.#verdicts,
    };
    this.#looks = new Looks(looksContext);
  }

  /**
   * Finds out, before an enrichment is paid for, whether any of the channels takes a post. An item that finds another one
   * trying them waits for its result.
   *
   * @returns Undefined when one does: call `leave` once the item is done. Else the outcome in each channel.
   */
  async enter(
    progress: ItemProgress,
    channelIds: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly PostOutcome[] | undefined> {
    const caller = callerOf(progress);
    if (await this.#breaker.enter(channelIds, caller, signal)) return undefined;
    const outcomes: PostOutcome[] = [];
    for (const channelId of channelIds)
      outcomes.push(await this.#verdicts.ofClosed(progress, channelId, this.#breaker.closed(channelId, caller)));
    return outcomes;
  }

  /** Lets other items try the channels that this one was to try, and has not. */
  leave({ id }: ItemProgress): void {
    this.#breaker.leave(id);
    this.#looks.leave(id);
  }

  /** True for an item that has failed in the channel so often that another one is to be tried there before it. */
  stepsAside({ id }: ItemProgress, channelId: string): boolean {
    return this.#breaker.stepsAside(channelId, id);
  }

  /** The reason why a channel is paused; undefined when it is not. */
  pauseOf(channelId: string): string | undefined {
    return this.#breaker.pauseOf(channelId);
  }

  /** The outcome in a channel for which the feed could make no message. */
  recordFault({ id }: ItemProgress, channelId: string, error: string): PostOutcome {
    this.#breaker.recordFault(channelId, id);
    return retryOf(this.#breaker, channelId, id, error);
  }

  /** Pauses the item in a channel that it has failed in through its own fault, and nowhere else. */
  pauseItem({ id }: ItemProgress, channelId: string): void {
    this.#breaker.pauseItem(channelId, id);
  }

  /** Gives up the channel for the item, which goes on to the others. */
  async giveUp(progress: ItemProgress, channelId: string, error: string): Promise<void> {
    this.forgive(progress, channelId);
    await progress.savePostFailure(channelId, error);
  }

  /** Ends the item's own pause in the channel: nothing of its past is to hold it up when somebody wants it tried again. */
  forgive({ id }: ItemProgress, channelId: string): void {
    this.#breaker.forgive(channelId, id);
    this.#looks.forgive(channelId, id);
  }

  /**
   * Makes the post, unless the channel has it.
   *
   * @param forms Bodies that an attempt of which the store knows nothing may have sent in its place.
   * @throws {FeedUnauthorizedError} when the bot token is no longer valid.
   */
  async post(progress: ItemProgress, channelId: string, post: Post, forms: readonly Post[] = []): Promise<PostOutcome> {
    const earlier = progress.postIn(channelId);
    const settled = settledOutcome(earlier);
    if (settled !== undefined) return settled;
    const closed = this.#breaker.admit(channelId, callerOf(progress));
    if (closed !== undefined) return this.#verdicts.ofClosed(progress, channelId, closed);
    if (earlier !== undefined) return this.#resume(progress, channelId, post, earlier);
    if (progress.uncertainty !== null) return this.#search(progress, channelId, [post, ...forms], progress.uncertainty);
    this.#intents.forgetMessage(progress, channelId);
    return this.#sendFirst(progress, channelId, post);
  }

  /**
   * Tells whether the channel seems to show an item of which the store may have lost everything. It records nothing: `post`
   * does.
   */
  async seemsShown(progress: ItemProgress, channelId: string, form: Post): Promise<boolean> {
    const { uncertainty: lost } = progress;
    if (lost === null) return false;
    if (this.#doubts.heardOf(progress, channelId) !== undefined) return true;
    const looked = await this.#looks.into(channelId, progress, (destination) => {
      const shown = [this.#destinations.shown(channelId, form)];
      return this.#doubts.glance(progress, channelId, shown, lost, destination);
    });
    return 'doubt' in looked && looked.doubt.kind === 'posted';
  }

  /**
   * Makes a confirmed post show something else. In a forum, that is the first message of its thread.
   *
   * @throws The error of the request.
   */
  edit(channelId: string, messageId: string, post: Post): Promise<void> {
    return this.#destinations.edit(channelId, messageId, post);
  }

  /** An earlier request may have been applied. */
  async #resume(progress: ItemProgress, channelId: string, post: Post, earlier: PostRecord): Promise<PostOutcome> {
    const recalled = await this.#doubts.recall(
      progress,
      channelId,
      earlier,
      this.#destinations.mayKnowNonces(channelId),
    );
    if (recalled !== undefined) return this.#settle(progress, channelId, post, earlier, recalled);
    const shown = this.#destinations.shown(channelId, post);
    const looked = await this.#looks.into(channelId, progress, (destination) =>
      this.#doubts.look(progress, channelId, shown, earlier, destination),
    );
    if ('outcome' in looked) return looked.outcome;
    return this.#settle(progress, channelId, post, earlier, looked.doubt);
  }

  /** An earlier request may have been applied, and the store may have lost all that it knew of it. */
  async #search(
    progress: ItemProgress,
    channelId: string,
    forms: readonly [Post, ...Post[]],
    lost: Uncertainty,
  ): Promise<PostOutcome> {
    const heard = this.#doubts.heardOf(progress, channelId);
    if (heard !== undefined) return this.#verdicts.posted(progress, channelId, heard.messageId);
    const looked = await this.#looks.into(channelId, progress, (destination) => {
      const shown = forms.map((form) => this.#destinations.shown(channelId, form));
      return this.#doubts.search(progress, channelId, shown, lost, destination);
    });
    if ('outcome' in looked) return looked.outcome;
    if (looked.doubt.kind === 'posted') return this.#verdicts.posted(progress, channelId, looked.doubt.messageId);
    if (looked.doubt.kind === 'undecided') return this.#verdicts.failed(progress, channelId, looked.doubt.error);
    return this.#sendFirst(progress, channelId, forms[0]);
  }

  async #settle(
    progress: ItemProgress,
    channelId: string,
    post: Post,
    earlier: PostRecord,
    doubt: Doubt,
  ): Promise<PostOutcome> {
    if (doubt.kind === 'posted') return this.#verdicts.posted(progress, channelId, doubt.messageId);
    if (doubt.kind === 'wait') return { kind: 'paused', reason: doubt.reason };
    if (doubt.kind === 'repeat') return this.#sendAgain(progress, channelId, post, earlier);
    if (doubt.kind === 'undecided') return this.#verdicts.failed(progress, channelId, doubt.error);
    await progress.dropIntent(channelId);
    return this.#sendFirst(progress, channelId, post);
  }

  async #sendFirst(progress: ItemProgress, channelId: string, post: Post): Promise<PostOutcome> {
    const answer = await this.#sendOnce(progress, channelId, post);
    const isMistaken = await this.#destinations.wasMistaken(channelId, post, answer);
    return this.#verdicts.ofAnswer(
      progress,
      channelId,
      isMistaken ? await this.#sendOnce(progress, channelId, post) : answer,
    );
  }

  /** The intent is on disk before the request leaves, and goes when no try of the request can have been applied. */
  async #sendOnce(progress: ItemProgress, channelId: string, post: Post): Promise<Answer> {
    await this.#intents.begin(progress, channelId, this.#destinations.shown(channelId, post));
    const answer = await this.#destinations.send(progress.id, channelId, post);
    if ('error' in answer && answer.inDoubt) await this.#intents.keepTime(progress, channelId);
    if ('error' in answer && !answer.inDoubt && mayWorkLater(answer.error)) await progress.dropIntent(channelId);
    return answer;
  }

  /** A refusal of the repeated request says nothing about the first one, whose intent stays open. */
  async #sendAgain(progress: ItemProgress, channelId: string, post: Post, earlier: PostRecord): Promise<PostOutcome> {
    await this.#intents.repeat(progress, channelId, post.body);
    const answer = await this.#destinations.send(progress.id, channelId, post);
    if (await this.#destinations.wasMistaken(channelId, post, answer))
      return this.#resume(progress, channelId, post, earlier);
    return this.#verdicts.ofAnswer(progress, channelId, answer);
  }
}

function mayWorkLater(error: unknown): boolean {
  return !['posted', 'content'].includes(classifyPostError(error));
}
