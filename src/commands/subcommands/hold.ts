import { requireSeenStore } from '../../container/require-seen-store.ts';
import type { Hold, HoldDecision } from '../../store/contract/holds.ts';
import { decideHold } from '../decide-hold.ts';
import { guildOfChannel } from '../guild-of-channel.ts';
import type { PrivateReply } from '../private-reply.ts';
import type { SeenSubcommand } from '../subcommand.ts';
import { inlineCode } from '../text/inline-code.ts';
import { holdDecided } from '../views/hold-question.ts';
import { holdList } from '../views/hold-list.ts';

const MAX_FEED_LENGTH = 100;

/** `/seen hold`: lists the batches that the flood breaker holds, and decides about one without its question. */
export const hold: SeenSubcommand = {
  name: 'hold',
  description: 'What the flood breaker holds back',
  adminsOnly: true,
  addOptions: (builder) =>
    builder
      .addStringOption((feed) =>
        feed.setName('feed').setDescription('Default: the one that is held').setMaxLength(MAX_FEED_LENGTH),
      )
      .addStringOption((decision) =>
        decision
          .setName('decision')
          .setDescription('Default: none, only list')
          .addChoices({ name: 'post all', value: 'post' }, { name: 'mark as seen, post none', value: 'mark' }),
      ),
  run: async ({ client, options, user }) => {
    const feed = options.getString('feed')?.trim() ?? null;
    const decision = options.getString('decision');
    const open = await requireSeenStore().holds.list();
    const holds = feed === null ? open : open.filter((one) => one.feed === feed);
    const list = holdList(holds, (channelId) => guildOfChannel(client, channelId));
    const [only, ...others] = holds;
    if (only === undefined) return { content: nothingHeld(feed, open) };
    if (decision === null) return list;
    if (others.length > 0) return { content: 'More than one batch is held. Name the feed of one of them.', ...list };
    return decide(only, decision === 'post' ? 'post' : 'mark', user.id);
  },
};

/** Decides by name: a hold of that number may be another one by now, if the database was replaced. */
async function decide({ name, feed }: Hold, decision: HoldDecision, userId: string): Promise<PrivateReply> {
  const decided = await decideHold(name, decision, userId);
  if (decided === null) return { content: `The batch of ${inlineCode(feed)} is no longer held.` };
  const { content = '' } = holdDecided(decided.hold);
  return { content: decided.isNew ? `✅ ${content}` : `This was decided before. ${content}` };
}

function nothingHeld(feed: string | null, open: readonly Hold[]): string {
  if (open.length === 0 || feed === null) return 'No batch is held.';
  const held = open.slice(0, 10).map((one) => inlineCode(one.feed));
  return `No batch of that feed is held. These are: ${held.join(', ')}.`;
}
