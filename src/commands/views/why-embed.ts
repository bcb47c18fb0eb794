import { EmbedBuilder, hyperlink, messageLink, time, TimestampStyles } from 'discord.js';

import type { PostRecord } from '../../store/contract/claims.ts';
import type { LedgerEntry } from '../../store/contract/ledger.ts';
import { escapeMarkup } from '../escape-markup.ts';

const states = {
  claimed: '⏳ waiting, or in progress',
  enriched: '⏳ enriched, not yet posted',
  posting: '⏳ being posted',
  posted: '✅ posted',
  failed: '❌ failed; `/seen retry` tries again',
} as const satisfies Record<LedgerEntry['state'], string>;

/** The state of one item, and how much of it the user may see. */
export interface Why {
  readonly id: string;
  readonly seen: boolean;
  /** Null for an item that the ledger does not know. */
  readonly entry: LedgerEntry | null;
  /** Errors reveal internals of the bot: its endpoints, and channels of other servers. */
  readonly showErrors: boolean;
  /** Looks up the guild of a channel, which is part of the link to a message; undefined when it is unknown. */
  readonly guildOf: (channelId: string) => string | undefined;
}

/** Builds the reply to `/seen why`: what became of one item. */
export function whyEmbed({ id, seen, entry, showErrors, guildOf }: Why): EmbedBuilder {
  // The next cycle does not simply post an item that the ledger knows: its state and next attempt say what comes.
  const unseen = entry === null ? 'no: the next cycle that lists it will post it' : 'no';
  const embed = new EmbedBuilder()
    .setTitle(plain(id, 256))
    .addFields({ name: 'Seen', value: seen ? 'yes: it is skipped' : unseen });
  if (entry === null) {
    return embed.setDescription(seen ? 'Marked without a post, or posted long ago.' : 'Nothing is known about it.');
  }
  const { state, attempts, lastError, retryAt, updatedAt, posts } = entry;
  embed
    .setDescription(states[state])
    .addFields(
      { name: 'Attempts', value: String(attempts), inline: true },
      { name: 'Last change', value: time(updatedAt, TimestampStyles.RelativeTime), inline: true },
    );
  if (retryAt !== null) embed.addFields({ name: 'Next attempt', value: time(retryAt, 'R'), inline: true });
  if (showErrors && lastError !== null) embed.addFields({ name: 'Last error', value: plain(lastError, 1_000) });
  if (posts.length > 0) {
    const shown = posts.map((post) => describe(showErrors ? post : { ...post, error: null }, guildOf));
    embed.addFields({ name: 'Channels', value: lines(shown) });
  }
  return embed;
}

function describe({ channelId, state, messageId, error }: PostRecord, guildOf: Why['guildOf']): string {
  if (state === 'failed') return `<#${channelId}> failed${error === null ? '' : `: ${plain(error, 200)}`}`;
  if (state === 'open') return `<#${channelId}> sent, not yet confirmed`;
  if (messageId === null) return `<#${channelId}> posted, and deleted since`;
  const guildId = guildOf(channelId);
  const link = guildId === undefined ? messageLink(channelId, messageId) : messageLink(channelId, messageId, guildId);
  return `<#${channelId}> ${hyperlink('message', link)}`;
}

/** Shows foreign text on one line, without markup, and never empty: Discord refuses an empty field. */
function plain(text: string, length: number): string {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  // Escaping makes it twice as long at most.
  const short = line.length > length / 2 ? `${line.slice(0, length / 2 - 1).toWellFormed()}…` : line;
  return short === '' ? '—' : escapeMarkup(short);
}

/** Joins as many whole lines as fit into a field: half a link does not work. */
function lines(all: readonly string[]): string {
  let shown = all;
  while (shown.join('\n').length > 1_000) shown = shown.slice(0, -1);
  return [...shown, ...(shown.length < all.length ? [`… and ${all.length - shown.length} more`] : [])].join('\n');
}
