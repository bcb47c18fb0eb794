import { ActionRowBuilder, ButtonBuilder, ButtonStyle, time, TimestampStyles } from 'discord.js';

import { DAY_MS } from '../../store/clock.ts';

/** The time in which a question can be answered, in milliseconds. Discord itself forgets it after 15 minutes. */
const ANSWER_WITHIN_MS = 5 * 60_000;

const choices = ['yes', 'no', 'stop'] as const;

/**
 * The answer that a pressed button stands for, with everything that the purge needs: a button works after a restart and
 * on any shard.
 */
export interface PurgeAnswer {
  readonly choice: (typeof choices)[number];
  readonly userId: string;
  readonly olderThan: Date;
  readonly expiresAt: Date;
  /** Ids that would have been forgotten when the question was asked. */
  readonly count: number;
}

/** The purge to ask about. */
export interface PurgeQuestion {
  readonly userId: string;
  readonly olderThan: Date;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Ids that would be forgotten. */
  readonly count: number;
  readonly ttlDays: number;
}

/** Builds the question that `/seen purge` asks, with a button for each answer. */
export function purgeQuestion({ userId, olderThan, now, count, ttlDays }: PurgeQuestion) {
  const answer = { userId, olderThan, count, expiresAt: new Date(now + ANSWER_WITHIN_MS) };
  const isBelowTtl = olderThan.getTime() > now - ttlDays * DAY_MS;
  const ids = formatIds(count);
  const limit =
    ttlDays === Infinity
      ? 'By themselves, ids never expire.'
      : `That is less than the ${ttlDays} days after which ids expire by themselves.`;
  const warning = `\n⚠️ ${limit} Items that the feed still lists would be **posted again**.`;
  return {
    content: `Forget **${ids}** last seen before ${time(olderThan, TimestampStyles.LongDateTime)}?${isBelowTtl ? warning : ''}`,
    components: [
      new ActionRowBuilder<ButtonBuilder>().addComponents(
        button({ ...answer, choice: 'yes' }, `Forget ${ids}`, ButtonStyle.Danger),
        button({ ...answer, choice: 'no' }, 'Keep them', ButtonStyle.Secondary),
      ),
    ],
  };
}

/** Builds the message that takes the question's place while the purge runs. */
export function purgeProgress(answer: PurgeAnswer, deleted: number) {
  const share = Math.min(100, Math.floor((100 * deleted) / answer.count));
  return {
    content: `🧹 Forgetting… **${deleted.toLocaleString('en')}** of ${formatIds(answer.count)} (${share} %)`,
    components: [
      new ActionRowBuilder<ButtonBuilder>().addComponents(
        button({ ...answer, choice: 'stop' }, 'Stop', ButtonStyle.Secondary),
      ),
    ],
  };
}

export function formatIds(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'id' : 'ids'}`;
}

/** Reads the answer from the custom id of a pressed button; undefined for a button of another question. */
export function parsePurgeButton(customId: string): PurgeAnswer | undefined {
  const match = /^seen:purge:(yes|no|stop):(\d+):(\d+):(\d+):(\d+)$/.exec(customId);
  if (match === null) return undefined;
  const [, choice, userId = '', olderThan, expiresAt, count] = match;
  return {
    choice: choices.find((one) => one === choice) ?? 'no',
    userId,
    count: Number(count),
    olderThan: new Date(Number(olderThan) * 1000),
    expiresAt: new Date(Number(expiresAt) * 1000),
  };
}

function button(answer: PurgeAnswer, label: string, style: ButtonStyle): ButtonBuilder {
  const { choice, userId, olderThan, expiresAt, count } = answer;
  const [before, until] = [olderThan, expiresAt].map((date) => Math.floor(date.getTime() / 1000));
  return new ButtonBuilder()
    .setCustomId(`seen:purge:${choice}:${userId}:${before}:${until}:${count}`)
    .setLabel(label)
    .setStyle(style);
}
