import { requireSeenStore } from '../../container/require-seen-store.ts';
import { systemClock } from '../../store/clock.ts';
import type { SeenSubcommand } from '../subcommand.ts';
import { purgeQuestion } from '../views/purge-question.ts';
import { parseAge } from './age.ts';

/** `/seen purge`: counts the old ids and asks before it forgets them. The button `PurgeButton` takes the answer. */
export const purge: SeenSubcommand = {
  name: 'purge',
  description: 'Forget old ids',
  adminsOnly: true,
  addOptions: (builder) =>
    builder.addStringOption((age) =>
      age.setName('age').setDescription('Older than this: 7d, 36h, 2w').setRequired(true).setMaxLength(50),
    ),
  run: async ({ options, user }) => {
    const now = systemClock.now();
    const olderThan = parseAge(options.getString('age', true), now);
    const count = await requireSeenStore().countOlderThan(olderThan);
    if (count === 0) return { content: 'Nothing in the store is that old.' };
    const { ttlDays } = await requireSeenStore().stats();
    return purgeQuestion({ userId: user.id, olderThan, now, count, ttlDays });
  },
};
