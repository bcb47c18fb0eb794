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
  readonly #visited = new Set<string>();
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
    for (const channel of channels)
      for (const { id } of this.#discord.messages(channel)) {
        if (this.#visited.has(id)) continue;
        this.#visited.add(id);
        this.#visit(channel, id);
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
