import { Routes, SnowflakeUtil, type APIMessage, type REST } from 'discord.js';

import type { MessageBody } from '../feed.ts';

const PAGE = 100;
/** How far the clocks of this machine and of Discord may differ. */
const SKEW_MS = 60_000;
/** A request that left at the intent's time has arrived by then, or never will. */
const LATEST_ARRIVAL_MS = 15 * 60_000;

/**
 * Looks in a channel for the message that an earlier attempt may have made. The nonce is no help: Discord forgets it
 * after a few minutes.
 *
 * @returns The message's id; undefined when there is none.
 * @throws What the request threw, when the history cannot be read.
 */
export async function findPosted(
  rest: REST,
  channelId: string,
  body: MessageBody,
  intentAt: Date,
): Promise<string | undefined> {
  const wanted = fingerprint(body);
  const from = intentAt.getTime() - SKEW_MS;
  const to = intentAt.getTime() + SKEW_MS + LATEST_ARRIVAL_MS;
  for await (const message of messagesSince(rest, channelId, from)) {
    if (SnowflakeUtil.timestampFrom(message.id) > to) return undefined;
    if (fingerprint(message) === wanted) return message.id;
  }
  return undefined;
}

/** Oldest first. */
async function* messagesSince(rest: REST, channelId: string, from: number): AsyncGenerator<APIMessage> {
  let after = String(SnowflakeUtil.generate({ timestamp: from }));
  for (;;) {
    const query = new URLSearchParams({ after, limit: String(PAGE) });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the documented answer of this route
    const page = (await rest.get(Routes.channelMessages(channelId), { query })) as APIMessage[];
    const inOrder = page.toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
    yield* inOrder;
    const last = inOrder.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

/** What Discord gives back as it was sent. It rewrites URLs and fills in the rest. */
function fingerprint({ content, embeds }: Pick<APIMessage, 'content' | 'embeds'> | MessageBody): string {
  const texts = (embeds ?? []).map(({ title, description, footer }) => [title, description, footer?.text]);
  return JSON.stringify([content ?? '', ...texts].flat().map((text) => text?.trim() ?? ''));
}
