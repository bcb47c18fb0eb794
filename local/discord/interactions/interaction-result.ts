import type { Changes } from '../changes.ts';
import type { JsonObject } from '../json.ts';
import { objectsIn } from '../json.ts';
import { isEphemeral, type MessageStore } from '../messages/message-store.ts';
import { type Message, MessageFlag } from '../messages/message.ts';
import { CallbackType, type Interaction } from './interaction.ts';

/** Long enough for a busy machine. */
const DEFAULT_TIMEOUT_MS = 15_000;

/** The answers to a command or a button as the person who used it sees them, now and later. */
export class InteractionResult {
  readonly #interaction: Interaction;
  readonly #messages: MessageStore;
  readonly #changes: Changes;

  constructor(interaction: Interaction, messages: MessageStore, changes: Changes) {
    this.#interaction = interaction;
    this.#messages = messages;
    this.#changes = changes;
  }

  get id(): string {
    return this.#interaction.id;
  }

  /** The kind of the first answer: 4 reply, 5 deferred, 6 deferred update, 7 update, 8 suggestions, 9 modal. */
  get callbackType(): number {
    return this.#interaction.acknowledgement?.type ?? 0;
  }

  /** The content of the first answer: a message, suggestions or a modal. */
  get callbackData(): JsonObject {
    return this.#interaction.acknowledgement?.data ?? {};
  }

  get deferred(): boolean {
    return this.callbackType === CallbackType.defer || this.callbackType === CallbackType.deferUpdate;
  }

  /** True when only the person who used the command or button sees the answer. */
  get ephemeral(): boolean {
    return this.message !== undefined && isEphemeral(this.message);
  }

  /** The answer as it stands now; for an update, the message that it updated. Undefined when there is none. */
  get message(): Message | undefined {
    const { originalId } = this.#interaction;
    return originalId === undefined ? undefined : this.#find(originalId);
  }

  get followUps(): readonly Message[] {
    return this.#interaction.followUpIds.flatMap((id) => this.#find(id) ?? []);
  }

  /** The suggestions, if the answer has any. */
  get choices(): readonly JsonObject[] {
    return objectsIn(this.callbackData['choices']);
  }

  /** Resolves with the answer once it is there and no longer "thinking". `timeoutMs` is in milliseconds. */
  reply(timeoutMs = DEFAULT_TIMEOUT_MS): Promise<Message> {
    return this.waitFor(() => true, timeoutMs);
  }

  /**
   * Resolves with the answer once it satisfies `matches`, now or after an edit.
   *
   * @throws After `timeoutMs` milliseconds, with the answer as it is then in the message.
   */
  waitFor(matches: (message: Message) => boolean, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<Message> {
    const failure = (): Error =>
      new Error(`The answer was not as expected within ${timeoutMs} ms. It is: ${JSON.stringify(this.message)}`);
    return this.#changes.until(timeoutMs, failure, () => {
      const { message } = this;
      return message && !isLoading(message) && matches(message) ? message : undefined;
    });
  }

  #find(id: string): Message | undefined {
    return this.#messages.find(this.#interaction.channel.id, id);
  }
}

function isLoading({ flags }: Message): boolean {
  return (flags & MessageFlag.loading) !== 0;
}
