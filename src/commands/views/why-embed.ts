import { embedLength, EmbedBuilder, hyperlink, messageLink, time, TimestampStyles } from 'discord.js';

import type { PostRecord } from '../../store/contract/claims.ts';
import type { LedgerEntry } from '../../store/contract/ledger.ts';
import { commandText } from '../command-option.ts';
import type { PrivateReply } from '../private-reply.ts';
import { shortText } from './short-text.ts';

const states = {
  claimed: '⏳ waiting, or in progress',
  enriched: '⏳ enriched, not yet posted',
  posting: '⏳ being posted',
  posted: '✅ posted',
  failed: '❌ failed',
} as const satisfies Record<LedgerEntry['state'], string>;

/** Embeds of one message, and characters in all of them together, at most. */
const MAX_EMBEDS = 10;
const MAX_CHARACTERS = 6_000;

/** The state of one item, and how much of it the user may see. */
export interface Why {
  /** The id as the feed gives it. */
  readonly id: string;
  /** Named where several feeds may have an item with this id. */
  readonly feed?: string | undefined;
  readonly seen: boolean;
  /** Null for an item that the ledger does not know. */
  readonly entry: LedgerEntry | null;
  /** Errors reveal internals of the bot: its endpoints, and channels of other servers. */
  readonly showErrors: boolean;
  /** Looks up the guild of a channel, which is part of the link to a message; undefined when it is unknown. */
  readonly guildOf: (channelId: string) => string | undefined;
}

/** Builds the reply to `/seen why`: an embed for each feed's item with the id, as many as fit into one message. */
export function whyReply(items: readonly Why[]): PrivateReply {
  const embeds: EmbedBuilder[] = [];
  let characters = 0;
  for (const embed of items.map(whyEmbed)) {
    characters += embedLength(embed.data);
    if (embeds.length === MAX_EMBEDS || characters > MAX_CHARACTERS) break;
    embeds.push(embed);
  }
  const left = items.length - embeds.length;
  return left === 0 ? { embeds } : { content: `… and ${left} more feeds have an item with this id.`, embeds };
}

/** Builds the embed that says what became of one item. */
export function whyEmbed({ id, feed, seen, entry, showErrors, guildOf }: Why): EmbedBuilder {
  // The next cycle does not simply post an item that the ledger knows: its state and next attempt say what comes.
  const unseen = entry === null ? 'no: the next cycle that lists it will post it' : 'no';
  const embed = new EmbedBuilder().setTitle(shortText(id, 256));
  if (feed !== undefined) embed.addFields({ name: 'Feed', value: shortText(feed, 1_000) });
  embed.addFields({ name: 'Seen', value: seen ? 'yes: it is skipped' : unseen });
  if (entry === null) {
    return embed.setDescription(seen ? 'Marked without a post, or posted long ago.' : 'Nothing is known about it.');
  }
  const { state, attempts, lastError, retryAt, updatedAt, posts } = entry;
  embed
    .setDescription(state === 'failed' ? `${states.failed}; ${commandText('retry')} tries again` : states[state])
    .addFields(
      { name: 'Attempts', value: String(attempts), inline: true },
      { name: 'Last change', value: time(updatedAt, TimestampStyles.RelativeTime), inline: true },
    );
  if (retryAt !== null) embed.addFields({ name: 'Next attempt', value: time(retryAt, 'R'), inline: true });
  if (showErrors && lastError !== null) embed.addFields({ name: 'Last error', value: shortText(lastError, 1_000) });
  if (posts.length > 0) {
    const shown = posts.map((post) => describe(showErrors ? post : { ...post, error: null }, guildOf));
    embed.addFields({ name: 'Channels', value: lines(shown) });
  }
  return embed;
}

function describe({ channelId, state, messageId, error }: PostRecord, guildOf: Why['guildOf']): string {
  if (state === 'failed') return `<#${channelId}> failed${error === null ? '' : `: ${shortText(error, 200)}`}`;
  if (state === 'open') return `<#${channelId}> sent, not yet confirmed`;
  if (messageId === null) return `<#${channelId}> posted, and deleted since`;
  const guildId = guildOf(channelId);
  const link = guildId === undefined ? messageLink(channelId, messageId) : messageLink(channelId, messageId, guildId);
  return `<#${channelId}> ${hyperlink('message', link)}`;
}

/** Joins as many whole lines as fit into a field: half a link does not work. */
function lines(all: readonly string[]): string {
  let shown = all;
  while (shown.join('\n').length > 1_000) shown = shown.slice(0, -1);
  return [...shown, ...(shown.length < all.length ? [`… and ${all.length - shown.length} more`] : [])].join('\n');
}
