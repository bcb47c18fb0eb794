import { container } from '@sapphire/framework';

import type { SeenSubcommand } from '../subcommand.ts';
import { statsEmbed } from '../views/stats-embed.ts';

/** `/seen stats`: what the store remembers, and what it spared the feeds. */
export const stats: SeenSubcommand = {
  name: 'stats',
  description: 'What the store remembers and what it saved',
  run: async () => ({ embeds: [statsEmbed(await container.seen.stats())] }),
};
