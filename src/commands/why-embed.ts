import { EmbedBuilder, escapeMarkdown, hyperlink, time, TimestampStyles } from 'discord.js';

import type { PostRecord } from '../store/claims.ts';
import type { LedgerEntry } from '../store/ledger.ts';

const states = {
  claimed: '⏳ waiting, or in work',
  enriched: '⏳ enriched, not yet posted',
  posting: '⏳ being posted',
  posted: '✅ posted',
  failed: '❌ failed; `/seen retry` tries again',
} as const satisfies Record<LedgerEntry['state'], string>;

/** What `/seen why` shows: what became of one item. */
export function whyEmbed(id: string, seen: boolean, entry: LedgerEntry | null): EmbedBuilder {
  const embed = new EmbedBuilder()
    .setTitle(escapeMarkdown(id).slice(0, 256))
    .addFields({ name: 'Seen', value: seen ? 'yes: it is skipped' : 'no: the next cycle that lists it posts it' });
  if (entry === null) {
    return embed.setDescription(seen ? 'Marked without a post, or posted long ago.' : 'Nothing is known of it.');
  }
  const { state, attempts, lastError, retryAt, updatedAt, posts } = entry;
  embed
    .setDescription(states[state])
    .addFields(
      { name: 'Attempts', value: String(attempts), inline: true },
      { name: 'Last change', value: time(updatedAt, TimestampStyles.RelativeTime), inline: true },
    );
  if (retryAt !== null) embed.addFields({ name: 'Next attempt', value: time(retryAt, 'R'), inline: true });
  if (lastError !== null) embed.addFields({ name: 'Last error', value: escapeMarkdown(lastError).slice(0, 1_000) });
  if (posts.length > 0)
    embed.addFields({ name: 'Channels', value: posts.map(describePost).join('\n').slice(0, 1_000) });
  return embed;
}

function describePost({ channelId, state, messageId, error }: PostRecord): string {
  if (state === 'failed') return `<#${channelId}> failed: ${escapeMarkdown(error ?? '').slice(0, 200)}`;
  if (state === 'open') return `<#${channelId}> sent, not yet confirmed`;
  if (messageId === null) return `<#${channelId}> posted, and deleted since`;
  return `<#${channelId}> ${hyperlink('message', `https://discord.com/channels/@me/${channelId}/${messageId}`)}`;
}
