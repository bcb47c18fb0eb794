import type { Clock } from '../../clock.ts';

interface Remembered {
  readonly messageId: string;
  readonly at: number;
}

/** Remembers for a while which message an author created with a nonce in a channel. */
export class NonceWindow {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #messages = new Map<string, Remembered>();

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** Finds the id of the message that this nonce created, which may have been deleted since. */
  find(channelId: string, authorId: string, nonce: string): string | undefined {
    const known = this.#messages.get(key(channelId, authorId, nonce));
    return known && this.#clock.now() - known.at < this.#windowMs ? known.messageId : undefined;
  }

  remember(channelId: string, authorId: string, nonce: string, messageId: string): void {
    this.#messages.set(key(channelId, authorId, nonce), { messageId, at: this.#clock.now() });
  }
}

const key = (...parts: readonly string[]): string => JSON.stringify(parts);
