import { GatewayDispatchEvents, type Client, type REST } from 'discord.js';

import { RecentMap } from '../../recent-map.ts';

/** Messages that are remembered, at most. */
const CAPACITY = 10_000;

const memories = new WeakMap<REST, OwnMessages>();
const listenedTo = new WeakSet<Client>();

/**
 * The bot's own messages of this process, by the nonce of their request: as the answers name them, and as the gateway
 * does, which tells a bot with the intent `GuildMessages` of its own messages even where the answer was lost. It is the
 * only place besides the answer in which Discord gives the nonce back.
 */
export class OwnMessages {
  readonly #byNonce = new RecentMap<string, string>(CAPACITY);
  readonly #nonces = new RecentMap<string, string>(CAPACITY);

  /** The messages that were sent by this client. */
  static of(rest: REST): OwnMessages {
    const messages = memories.get(rest) ?? new OwnMessages();
    memories.set(rest, messages);
    return messages;
  }

  /** Listens to the gateway as well, from now on. It takes the packets as they come: a thread may not be in the cache. */
  listenTo(client: Client): void {
    if (listenedTo.has(client)) return;
    listenedTo.add(client);
    (client as RawEvents).on('raw', (packet) => this.#hear(packet, client.user?.id));
  }

  /** Notes that the request with this nonce made the message. */
  note(nonce: string, messageId: string): void {
    this.#byNonce.set(nonce, messageId);
    this.#nonces.set(messageId, nonce);
  }

  /** The id of the message that a request with this nonce made; undefined if nothing was heard of it. */
  find(nonce: string): string | undefined {
    return this.#byNonce.get(nonce);
  }

  /** Forgets what an earlier request with this nonce made: the item begins anew. The message stays that of the nonce. */
  forget(nonce: string): void {
    this.#byNonce.delete(nonce);
  }

  /** Tells whether the message is known to have been made by a request with another nonce. */
  isOfAnother(nonce: string, messageId: string): boolean {
    return (this.#nonces.get(messageId) ?? nonce) !== nonce;
  }

  /** Anybody may send a message with a nonce: only the bot's own count. */
  #hear({ t, d }: RawPacket, botId: string | undefined): void {
    if (t !== GatewayDispatchEvents.MessageCreate || botId === undefined || d?.author?.id !== botId) return;
    if (typeof d.nonce === 'string' && typeof d.id === 'string') this.note(d.nonce, d.id);
  }
}

/** The parts of a packet that say whose message it tells of. */
interface RawPacket {
  readonly t?: unknown;
  readonly d?: {
    readonly id?: unknown;
    readonly nonce?: unknown;
    readonly author?: { readonly id?: unknown };
  } | null;
}

/** The client's event for each packet of the gateway, which its types leave out. */
interface RawEvents {
  on(event: 'raw', listener: (packet: RawPacket) => void): unknown;
}
