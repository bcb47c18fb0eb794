import type { Clock } from '../clock.ts';

/** Discord remembers a nonce for "the past few minutes". */
export const DEFAULT_NONCE_WINDOW_MS = 5 * 60_000;

interface Remembered {
  readonly messageId: string;
  readonly at: number;
}

/** Which message each author last created with which nonce, per channel. */
export class NonceWindow {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #messages = new Map<string, Remembered>();

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** The id of the message that this nonce created, which may have been deleted since. */
  find(channelId: string, authorId: string, nonce: string): string | undefined {
    const known = this.#messages.get(key(channelId, authorId, nonce));
    return known && this.#clock.now() - known.at < this.#windowMs ? known.messageId : undefined;
  }

  remember(channelId: string, authorId: string, nonce: string, messageId: string): void {
    this.#messages.set(key(channelId, authorId, nonce), { messageId, at: this.#clock.now() });
  }
}

const key = (...parts: readonly string[]): string => JSON.stringify(parts);
