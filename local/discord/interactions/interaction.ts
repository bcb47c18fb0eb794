import { alreadyAcknowledged, unknownInteraction, unknownWebhook } from '../api-error.ts';
import type { Channel } from '../directory.ts';
import type { JsonObject } from '../json.ts';

export const InteractionType = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;

export const CallbackType = {
  reply: 4,
  defer: 5,
  deferUpdate: 6,
  update: 7,
  autocomplete: 8,
  modal: 9,
} as const;

/** The first answer that the bot gave. */
export interface Acknowledgement {
  readonly type: number;
  readonly data: JsonObject;
}

/** One interaction: asked by a person, answered by the bot. */
export class Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: number;
  readonly userId: string;
  readonly channel: Channel;
  readonly createdAt: number;
  /** The message whose component was used. */
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

  /** The person has been told that the application did not respond. */
  giveUp(): void {
    this.#gaveUp = true;
  }

  /** @throws When it was answered before, or is too old to be. */
  refuseSecondAnswer(): void {
    if (this.#acknowledgement) throw alreadyAcknowledged();
    if (this.#gaveUp) throw unknownInteraction();
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    this.refuseSecondAnswer();
    this.#acknowledgement = acknowledgement;
  }

  /** Follow-ups and edits work only once there is a first answer. */
  requireAcknowledged(): void {
    if (!this.#acknowledgement) throw unknownWebhook();
  }
}
