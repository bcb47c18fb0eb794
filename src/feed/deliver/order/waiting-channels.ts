import type { Poster } from '../../discord/poster.ts';

/**
 * The channels that the feed's waiting items wait for. While all of them are paused, nothing that waits can be posted:
 * claiming the whole backlog would only be followed by giving it back.
 */
export class WaitingChannels {
  readonly #poster: Pick<Poster, 'pauseOf'>;
  readonly #ids = new Set<string>();

  constructor(poster: Pick<Poster, 'pauseOf'>) {
    this.#poster = poster;
  }

  /** Adds the channels of an item that is given back. */
  add(channelIds: readonly string[]): void {
    for (const id of channelIds) this.#ids.add(id);
  }

  /** Forgets all of them, because everything that waits was claimed: what waits again is added again. */
  clear(): void {
    this.#ids.clear();
  }

  /** False also where nothing is known to wait. */
  get areAllPaused(): boolean {
    return this.#ids.size > 0 && [...this.#ids].every((id) => this.#poster.pauseOf(id) !== undefined);
  }
}
