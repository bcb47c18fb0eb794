import type { PostOutcome } from '../../discord/post-outcome.ts';
import type { Poster } from '../../discord/poster.ts';

/** One item's spot in the line of a channel. */
export interface Spot {
  /** Resolves once every item before this one has left. */
  readonly clear: Promise<void>;
  /** True once every item before this one has left. */
  isClear(): boolean;
  /** True while an item before this one is not ready to be posted. */
  isBehindUnready(): boolean;
  /** Notes that the item is ready to be posted. */
  setReady(): void;
  leave(): void;
}

/**
 * The items of a batch that are to be posted in one channel, in their order. Requests are made one at a time. Once the
 * channel is in trouble, nothing more of the batch is sent there: it would overtake the item that met the trouble.
 */
export class ChannelLine {
  readonly #channelId: string;
  readonly #poster: Poster;
  readonly #spots: { readonly clear: PromiseWithResolvers<void>; isReady: boolean; hasLeft: boolean }[] = [];
  #first = 0;
  /** The first that is not ready to be posted: nothing before it is awaited for long. */
  #firstUnready = 0;
  #underWay: Promise<void> | undefined;
  #pause: string | undefined;

  constructor(channelId: string, poster: Poster) {
    this.#channelId = channelId;
    this.#poster = poster;
    this.#pause = poster.pauseOf(channelId);
  }

  /** Joins at the end of the line. */
  join(): Spot {
    const spot = { clear: Promise.withResolvers<void>(), isReady: false, hasLeft: false };
    const index = this.#spots.push(spot) - 1;
    this.#advance();
    return {
      clear: spot.clear.promise,
      isClear: () => this.#first >= index,
      isBehindUnready: () => this.#firstUnready < index,
      setReady: () => {
        spot.isReady = true;
        this.#advance();
      },
      leave: () => {
        spot.hasLeft = true;
        this.#advance();
      },
    };
  }

  /** The reason why the channel is closed to this batch, even where its pause has ended meanwhile; undefined if it is not. */
  get pause(): string | undefined {
    this.#pause ??= this.#poster.pauseOf(this.#channelId);
    return this.#pause;
  }

  /**
   * Sends once no other request is under way, unless one of them met trouble.
   *
   * @returns Undefined when the signal aborts before that.
   */
  async request(send: () => Promise<PostOutcome>, signal: AbortSignal): Promise<PostOutcome | undefined> {
    while (this.#underWay !== undefined && !signal.aborted) await endOrAbort(this.#underWay, signal);
    if (this.#underWay !== undefined) return undefined;
    const reason = this.pause;
    if (reason !== undefined) return { kind: 'paused', reason };
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay = promise;
    try {
      const outcome = await send();
      if (outcome.kind === 'paused' && outcome.holdsUpOthers === true) this.#pause = outcome.reason;
      return outcome;
    } finally {
      this.#pause ??= this.#poster.pauseOf(this.#channelId);
      this.#underWay = undefined;
      resolve();
    }
  }

  #advance(): void {
    while (this.#spots[this.#first]?.hasLeft === true) this.#first += 1;
    while (this.#isReadyOrLeft(this.#firstUnready)) this.#firstUnready += 1;
    this.#spots[this.#first]?.clear.resolve();
  }

  #isReadyOrLeft(index: number): boolean {
    const spot = this.#spots[index];
    return spot !== undefined && (spot.isReady || spot.hasLeft);
  }
}

async function endOrAbort(end: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const abort = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true, signal: over.signal });
  });
  await Promise.race([end, abort]);
  over.abort();
}
