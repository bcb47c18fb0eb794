import { Events, Listener, type UnknownChatInputCommandPayload } from '@sapphire/framework';

import { deferReply } from '../acknowledge.ts';
import { replyPrivately } from '../private-reply.ts';
import { ALWAYS } from '../registration/own-registrations.ts';
import { removeUnanswered } from '../registration/remove-outdated.ts';

/** Removes `/seen` of an earlier start when somebody uses it in a guild that no start looks into. */
export class UnknownCommand extends Listener<typeof Events.UnknownChatInputCommand> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: Events.UnknownChatInputCommand });
  }

  override async run({ interaction }: UnknownChatInputCommandPayload): Promise<void> {
    const { client, commandGuildId, commandId, options } = interaction;
    if (!ALWAYS.includes(options.getSubcommand(false) ?? '')) return;
    if (!(await removeUnanswered(client, commandGuildId ?? undefined, commandId))) return;
    if (!(await deferReply(interaction))) return;
    await replyPrivately(interaction, { content: 'The bot no longer has this command here, and has removed it.' });
  }
}
