import { Subcommand } from '@sapphire/plugin-subcommands';
import { ApplicationIntegrationType, InteractionContextType, MessageFlags, type SlashCommandBuilder } from 'discord.js';

import { systemClock } from '../store/clock.ts';
import { SeenInputError } from '../store/errors.ts';
import { isAdmin, notAdmin } from './admins.ts';
import { parseAge } from './age.ts';
import { answerPrivately } from './answer.ts';
import { explain } from './explain.ts';
import { purgeQuestion } from './purge-question.ts';
import { statsEmbed } from './stats-embed.ts';
import { whyEmbed } from './why-embed.ts';

type Interaction = Subcommand.ChatInputCommandInteraction;

/** `/seen`: what the store holds, and what to do about it. Every answer is for its caller only. */
export class SeenCommand extends Subcommand {
  constructor(context: Subcommand.LoaderContext, options: Subcommand.Options) {
    super(context, {
      ...options,
      name: 'seen',
      description: 'What the feed has posted, and what it skips',
      fullCategory: ['Seen'],
      subcommands: [
        { name: 'stats', chatInputRun: 'stats' },
        { name: 'purge', chatInputRun: 'purge' },
        { name: 'why', chatInputRun: 'why' },
        { name: 'retry', chatInputRun: 'retry' },
      ],
    });
  }

  /** Contexts and integration types are spelled out: left to their defaults, every restart would change the command. */
  override registerApplicationCommands(registry: Subcommand.Registry): void {
    const { command } = this.container.client.options.seen ?? {};
    const guildIds = typeof command === 'object' ? [...command.guildIds] : undefined;
    registry.registerChatInputCommand(buildSeenCommand, guildIds === undefined ? {} : { guildIds });
  }

  async stats(interaction: Interaction): Promise<void> {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply({ embeds: [statsEmbed(await this.container.seen.stats())] });
  }

  purge(interaction: Interaction): Promise<void> {
    return answerTypos(interaction, () => this.#purge(interaction));
  }

  why(interaction: Interaction): Promise<void> {
    return answerTypos(interaction, () => this.#why(interaction));
  }

  retry(interaction: Interaction): Promise<void> {
    return answerTypos(interaction, () => this.#retry(interaction));
  }

  async #purge(interaction: Interaction): Promise<void> {
    if (!(await isAdmin(interaction))) return answerPrivately(interaction, { content: notAdmin });
    const { seen } = this.container;
    const now = systemClock.now();
    const olderThan = parseAge(interaction.options.getString('age', true), now);
    const count = await seen.countOlderThan(olderThan);
    if (count === 0) return answerPrivately(interaction, { content: 'Nothing in the store is that old.' });
    const { ttlDays } = await seen.stats();
    await interaction.editReply(purgeQuestion({ userId: interaction.user.id, olderThan, now, count, ttlDays }));
  }

  async #why(interaction: Interaction): Promise<void> {
    const { seen } = this.container;
    const id = this.#parseId(interaction.options.getString('item', true));
    // Not isSeen(), which says false for a store that cannot answer.
    const isSeen = (await seen.filterUnseen([id])).length === 0;
    const entry = await seen.ledger.find(id);
    const showErrors = entry !== null && (await isAdmin(interaction));
    const guild = (channelId: string): string | undefined => guildOf(interaction, channelId);
    const embed = whyEmbed({ id, seen: isSeen, entry, showErrors, guildOf: guild });
    await interaction.editReply({ embeds: [embed] });
  }

  async #retry(interaction: Interaction): Promise<void> {
    if (!(await isAdmin(interaction))) return answerPrivately(interaction, { content: notAdmin });
    const item = interaction.options.getString('item');
    const retried = await this.container.seen.ledger.retry(item === null ? undefined : [this.#parseId(item)]);
    this.container.logger.info('seen_retry', { user_id: interaction.user.id, item, retried });
    const none = item === null ? 'Nothing has failed.' : 'That item has not failed: `/seen why` tells more.';
    const some = `✅ ${retried.toLocaleString('en')} failed ${retried === 1 ? 'item is' : 'items are'} tried again with the next cycle.`;
    await answerPrivately(interaction, { content: retried === 0 ? none : some });
  }

  #parseId(text: string): string {
    const parse = this.container.client.options.seen?.parseId ?? ((typed: string) => typed.trim());
    const id = parse(text);
    if (id === '') throw new SeenInputError('That names no item. Give its id.');
    return id;
  }
}

/** Defers, and answers what the user typed wrong: that is no error of the bot's, and not one for its log. */
async function answerTypos(interaction: Interaction, act: () => Promise<void>): Promise<void> {
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  try {
    await act();
  } catch (error) {
    if (!(error instanceof SeenInputError)) throw error;
    await answerPrivately(interaction, { content: explain(error) });
  }
}

function guildOf({ client }: Interaction, channelId: string): string | undefined {
  const channel = client.channels.cache.get(channelId);
  return channel !== undefined && 'guildId' in channel ? (channel.guildId ?? undefined) : undefined;
}

/** The command as Discord registers it. */
export function buildSeenCommand(builder: SlashCommandBuilder): SlashCommandBuilder {
  builder
    .setName('seen')
    .setDescription('What the feed has posted, and what it skips')
    .setContexts(InteractionContextType.Guild)
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall);
  builder.addSubcommand((stats) => stats.setName('stats').setDescription('What the store holds and what it saved'));
  builder.addSubcommand((purge) =>
    purge
      .setName('purge')
      .setDescription('Forget old ids (admins)')
      .addStringOption((age) =>
        age.setName('age').setDescription('Older than this: 7d, 36h, 2w').setRequired(true).setMaxLength(50),
      ),
  );
  builder.addSubcommand((why) =>
    why
      .setName('why')
      .setDescription('What became of one item')
      .addStringOption((item) => item.setName('item').setDescription('Its id').setRequired(true).setMaxLength(512)),
  );
  builder.addSubcommand((retry) =>
    retry
      .setName('retry')
      .setDescription('Try failed items again (admins)')
      .addStringOption((item) => item.setName('item').setDescription('One id; left out: all').setMaxLength(512)),
  );
  return builder;
}
