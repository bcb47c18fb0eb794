import type { LocalDiscord } from '../../local/discord/index.ts';
import { Random } from '../../local/random.ts';
import type { History } from '../history.ts';
import { channels } from './plan-disturbances.ts';

const INTERVAL_MS = 100;

/** Adds previews to half of the messages soon after they appear, and hides the embeds of some, as a moderator can. */
export class MessageNemesis implements Disposable {
  readonly #discord: LocalDiscord;
  readonly #history: History;
  readonly #random: Random;
  /** The number of messages visited in each channel, whose messages stay in their order. */
  readonly #visited = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  readonly counts = { previews: 0, hidden: 0 };

  constructor(discord: LocalDiscord, seed: number, history: History) {
    this.#discord = discord;
    this.#history = history;
    this.#random = new Random(seed ^ 0xed17);
    this.#timer = setInterval(() => this.#visitAll(), INTERVAL_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #visitAll(): void {
    for (const channel of channels) {
      const messages = this.#discord.messages(channel);
      for (const { id } of messages.slice(this.#visited.get(channel) ?? 0)) this.#visit(channel, id);
      this.#visited.set(channel, messages.length);
    }
  }

  #visit(channel: string, id: string): void {
    if (this.#random.chance(0.1)) {
      this.#discord.hideEmbeds(channel, id);
      this.counts.hidden += 1;
    } else if (this.#random.chance(0.5)) {
      this.#discord.addLinkPreview(channel, id);
      this.counts.previews += 1;
    } else return;
    this.#history.write({ event: 'message changed', channel, id });
  }
}
