import type { Clock } from '../../clock.ts';
import { invalidWebhookToken, unknownInteraction } from '../api-error.ts';
import type { Snowflakes } from '../snowflake.ts';
import type { Channel } from '../world/channel.ts';
import { Interaction } from './interaction.ts';

/** The time for which a token is valid for edits and follow-ups. */
const TOKEN_LIFETIME_MS = 15 * 60_000;

/** Keeps every interaction so far, by its token. */
export class InteractionRegistry {
  readonly #clock: Clock;
  readonly #snowflakes: Snowflakes;
  readonly #interactions = new Map<string, Interaction>();

  constructor(clock: Clock, snowflakes: Snowflakes) {
    this.#clock = clock;
    this.#snowflakes = snowflakes;
  }

  open(type: number, userId: string, channel: Channel, sourceMessageId?: string): Interaction {
    const id = this.#snowflakes.next();
    const interaction = new Interaction({ id, type, userId, channel, sourceMessageId, createdAt: this.#clock.now() });
    this.#interactions.set(interaction.token, interaction);
    return interaction;
  }

  /** Finds an interaction for the first answer. */
  get(id: string, token: string): Interaction {
    const interaction = this.#interactions.get(token);
    if (!interaction || interaction.id !== id) throw unknownInteraction();
    return interaction;
  }

  /** Finds an interaction for everything after the first answer. */
  byToken(token: string): Interaction {
    const interaction = this.#interactions.get(token);
    if (!interaction || this.#clock.now() - interaction.createdAt >= TOKEN_LIFETIME_MS) throw invalidWebhookToken();
    interaction.requireAcknowledged();
    return interaction;
  }
}
