import { ActionRowBuilder, ButtonBuilder, ButtonStyle, time, TimestampStyles } from 'discord.js';

/** A question that nobody answered stands for this long; Discord itself forgets it after 15 minutes. */
export const ANSWER_WITHIN_MS = 5 * 60_000;

/** Everything a button must know, so that it works after a restart and on any shard. */
export interface PurgeAnswer {
  readonly choice: 'yes' | 'no';
  readonly userId: string;
  readonly olderThan: Date;
  readonly expiresAt: Date;
}

export interface PurgeQuestion {
  readonly userId: string;
  readonly olderThan: Date;
  readonly now: number;
  /** Rows that would go. */
  readonly count: number;
  readonly ttlDays: number;
}

export function purgeQuestion({ userId, olderThan, now, count, ttlDays }: PurgeQuestion) {
  const answer = { userId, olderThan, expiresAt: new Date(now + ANSWER_WITHIN_MS) };
  const young = olderThan.getTime() > now - ttlDays * 86_400_000;
  const ids = `${count.toLocaleString('en')} ${count === 1 ? 'id' : 'ids'}`;
  const warning = `\n⚠️ That is younger than the ${ttlDays} days after which ids go by themselves. Items that the feed still lists would be **posted again**.`;
  return {
    content: `Forget **${ids}** last seen before ${time(olderThan, TimestampStyles.LongDateTime)}?${young ? warning : ''}`,
    components: [
      new ActionRowBuilder<ButtonBuilder>().addComponents(
        button({ ...answer, choice: 'yes' }, `Forget ${ids}`, ButtonStyle.Danger),
        button({ ...answer, choice: 'no' }, 'Keep them', ButtonStyle.Secondary),
      ),
    ],
  };
}

/** What a pressed button says; undefined when it is none of ours. */
export function parsePurgeAnswer(customId: string): PurgeAnswer | undefined {
  const match = /^seen:purge:(yes|no):(\d+):(\d+):(\d+)$/.exec(customId);
  if (match === null) return undefined;
  const [, choice, userId = '', olderThan, expiresAt] = match;
  return {
    choice: choice === 'yes' ? 'yes' : 'no',
    userId,
    olderThan: new Date(Number(olderThan) * 1000),
    expiresAt: new Date(Number(expiresAt) * 1000),
  };
}

function button(answer: PurgeAnswer, label: string, style: ButtonStyle): ButtonBuilder {
  const { choice, userId, olderThan, expiresAt } = answer;
  const [before, until] = [olderThan, expiresAt].map((date) => Math.floor(date.getTime() / 1000));
  return new ButtonBuilder()
    .setCustomId(`seen:purge:${choice}:${userId}:${before}:${until}`)
    .setLabel(label)
    .setStyle(style);
}
