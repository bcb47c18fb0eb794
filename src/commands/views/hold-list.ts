import { EmbedBuilder, hyperlink, messageLink, time, TimestampStyles } from 'discord.js';

import type { Hold, HoldQuestion } from '../../store/contract/holds.ts';
import type { PrivateReply } from '../private-reply.ts';
import { commandText } from '../command-option.ts';
import { countOf } from '../text/count-of.ts';
import { sampleOf } from './held-items.ts';
import { shortText } from './short-text.ts';

const COLOUR = 0xfe_e7_5c;
/** All of them together stay below Discord's 6,000 characters. */
const MAX_SHOWN = 5;

/** Looks up the guild of a channel; undefined when it is unknown. */
type GuildOf = (channelId: string) => string | undefined;

/** Builds the reply to `/seen hold`: what is held, and how to decide about it. */
export function holdList(holds: readonly Hold[], guildOf: GuildOf): Pick<PrivateReply, 'embeds'> {
  const more = holds.length - MAX_SHOWN;
  const embed = new EmbedBuilder()
    .setColor(COLOUR)
    .setTitle('Held by the flood breaker')
    .setDescription(
      `Nothing of a feed is posted while it is held. ${commandText('hold')} with a \`decision\` posts all of the ` +
        'items, or marks them as seen without a post, in the next cycle of the feed. The first decision stands.',
    )
    .addFields(holds.slice(0, MAX_SHOWN).map((hold) => ({ name: titleOf(hold), value: describe(hold, guildOf) })));
  if (more > 0) embed.setFooter({ text: `and ${more} more: name a feed to see its batch` });
  return { embeds: [embed] };
}

function titleOf({ feed, ids }: Hold): string {
  return `${shortText(feed, 200)}: ${countOf(ids.length, 'item')}`;
}

function describe(hold: Hold, guildOf: GuildOf): string {
  return [
    `Held since ${time(hold.createdAt, TimestampStyles.RelativeTime)}: ${sampleOf(hold)}`,
    describeDecision(hold),
    ...hold.questions.slice(0, 1).map((question) => describeQuestion(question, guildOf)),
  ].join('\n');
}

function describeDecision({ decision, decidedBy }: Hold): string {
  if (decision === null) return 'Nobody has decided yet.';
  const fate = decision === 'post' ? 'be posted' : 'be marked as seen without a post';
  return `<@${decidedBy}> has decided that they will ${fate} in the next cycle.`;
}

function describeQuestion({ channelId, messageId }: HoldQuestion, guildOf: GuildOf): string {
  if (messageId === null) return `Asked in <#${channelId}>, but nobody knows yet whether the question got there.`;
  const guildId = guildOf(channelId);
  const link = guildId === undefined ? messageLink(channelId, messageId) : messageLink(channelId, messageId, guildId);
  return `Asked in <#${channelId}>: ${hyperlink('question', link)}`;
}
