import { alreadyAcknowledged, unknownInteraction, unknownWebhook } from '../api-error.ts';
import type { JsonObject } from '../json.ts';
import type { Channel } from '../world/channel.ts';

export const InteractionType = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;

export const CallbackType = {
  reply: 4,
  defer: 5,
  deferUpdate: 6,
  update: 7,
  autocomplete: 8,
  modal: 9,
} as const;

/** The bot's first answer. */
export interface Acknowledgement {
  readonly type: number;
  readonly data: JsonObject;
}

/** One use of a command or a component, and the bot's answers to it. */
export class Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: number;
  readonly userId: string;
  readonly channel: Channel;
  readonly createdAt: number;
  /** The message that has the component. */
  readonly sourceMessageId: string | undefined;
  #acknowledgement: Acknowledgement | undefined;
  #originalId: string | undefined;
  #gaveUp = false;
  readonly followUpIds: string[] = [];

  constructor(seed: {
    readonly id: string;
    readonly type: number;
    readonly userId: string;
    readonly channel: Channel;
    readonly createdAt: number;
    readonly sourceMessageId?: string | undefined;
  }) {
    this.id = seed.id;
    this.token = Buffer.from(`interaction:${seed.id}:local`).toString('base64url');
    this.type = seed.type;
    this.userId = seed.userId;
    this.channel = seed.channel;
    this.createdAt = seed.createdAt;
    this.sourceMessageId = seed.sourceMessageId;
  }

  get acknowledgement(): Acknowledgement | undefined {
    return this.#acknowledgement;
  }

  /** The message that `@original` stands for. */
  get originalId(): string | undefined {
    return this.#originalId;
  }

  set originalId(id: string | undefined) {
    this.#originalId = id;
  }

  /** Ends the wait for an answer: the person is told that the application did not respond. */
  giveUp(): void {
    this.#gaveUp = true;
  }

  /** @throws Discord's error answer when the interaction was answered before, or is too old. */
  refuseSecondAnswer(): void {
    if (this.#acknowledgement) throw alreadyAcknowledged();
    if (this.#gaveUp) throw unknownInteraction();
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    this.refuseSecondAnswer();
    this.#acknowledgement = acknowledgement;
  }

  /** @throws Discord's error answer to follow-ups and edits before the first answer. */
  requireAcknowledged(): void {
    if (!this.#acknowledgement) throw unknownWebhook();
  }
}
