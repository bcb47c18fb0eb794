import { requireSeenStore } from '../../container/require-seen-store.ts';
import type { SeenSubcommand } from '../subcommand.ts';
import { statsEmbed } from '../views/stats-embed.ts';

/** `/seen stats`: what the store remembers, and what it spared the feeds. */
export const stats: SeenSubcommand = {
  name: 'stats',
  description: 'What the store remembers and what it saved',
  run: async () => {
    const store = requireSeenStore();
    // A feed counts refusals of channels under names of its own, beside the incident that people are told of.
    const incidents = (await store.incidents.current()).filter(({ subject }) => !subject.startsWith('refusal:'));
    return { embeds: [statsEmbed(await store.stats(), incidents, await store.leadership.all())] };
  },
};
