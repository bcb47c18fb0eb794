import { takesEffect } from '../../local/discord/faults.ts';
import type { LoggedRequest } from '../../local/discord/index.ts';
import { FROM_HEADER } from './protocol.ts';

/** The longest time for which a client keeps out of a channel that failed, in milliseconds of the fast clock. */
const LONGEST_PAUSE_MS = 600_000;

/** A request that was to create the message of an item. */
interface Creation {
  readonly item: string;
  readonly channel: string;
  readonly client: string;
  readonly at: number;
  readonly hasFailed: boolean;
}

/** Tells how each client found the channels: open, or closed, after a request of any item had failed there. */
export class ChannelViews {
  readonly #creations: readonly Creation[];
  readonly #posters = new Map<string, string>();

  constructor(requests: readonly LoggedRequest[]) {
    this.#creations = requests.flatMap((request) => creationIn(request) ?? []);
    for (const request of requests) {
      const creation = takesEffect(request.fault) && !isRefused(request) ? creationIn(request) : undefined;
      if (creation === undefined) continue;
      const key = `${creation.item} ${creation.channel}`;
      if (!this.#posters.has(key)) this.#posters.set(key, creation.client);
    }
  }

  /** The client that posted the item in the channel. */
  posterOf(item: string, channel: string): string | undefined {
    return this.#posters.get(`${item} ${channel}`);
  }

  /** Returns true if the client may have kept out of the channel at some time from `from` to `to`. */
  mayHavePaused(client: string, channel: string, from: number, to: number): boolean {
    return this.#creations.some(
      (one) =>
        one.hasFailed &&
        one.client === client &&
        one.channel === channel &&
        one.at >= from - LONGEST_PAUSE_MS &&
        one.at <= to,
    );
  }
}

function creationIn(request: LoggedRequest): Creation | undefined {
  const { method, path, body, headers, at, fault } = request;
  const channel = /^\/channels\/(\d+)\/messages$/.exec(path)?.[1];
  if (method !== 'POST' || channel === undefined) return undefined;
  const item = itemIn((body as { readonly content?: string }).content ?? '');
  const hasFailed = fault !== undefined || isRefused(request);
  return { item, channel, client: headers[FROM_HEADER] ?? '', at, hasFailed };
}

function isRefused({ status = 200 }: LoggedRequest): boolean {
  return status >= 400;
}

/** The item that a message is about: the first word of its text. */
export function itemIn(content: string): string {
  return content.split(' ', 1).join('');
}
