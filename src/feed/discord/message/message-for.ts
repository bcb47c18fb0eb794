import type { APIAllowedMentions } from 'discord.js';

import { SeenInputError } from '../../../store/errors.ts';
import type { ResolvedContext } from '../../context.ts';
import { plainBody, type PlainBody } from './plain-body.ts';
import { alsoRole, isRoleId, NOBODY, toAllowedMentions } from '../../mentions.ts';
import { withRoleMention } from './ping-role.ts';

/** The parts of the context that say what is posted, and whom it may ping. */
export type MessageContext<Item, Enrichment> = Pick<ResolvedContext<Item, Enrichment>, 'feed' | 'options' | 'client'>;

/**
 * The message of an item for one channel, as it is sent. It pings nobody but those whom the feed's message names, or else
 * the feed's option, or else the client's; with a role to ping, nobody of the client's but that role.
 *
 * @throws {SeenInputError} naming a part of the message that cannot be sent.
 */
export function messageFor<Item, Enrichment>(
  context: MessageContext<Item, Enrichment>,
  item: Item,
  enrichment: Enrichment | undefined,
  channelId: string,
): PlainBody {
  const { feed, options } = context;
  const body = plainBody(feed.message(item, enrichment, channelId));
  const roleId = roleToPing(context, item, channelId);
  const asked = body.allowed_mentions ?? mentionsOf('allowedMentions', options.allowedMentions);
  if (roleId === undefined) return { ...body, allowed_mentions: asked ?? mentionsOfClient(context) ?? NOBODY };
  return { ...withRoleMention(body, roleId), allowed_mentions: alsoRole(asked ?? NOBODY, roleId) };
}

/** @throws {SeenInputError} for what is no id: the mention would stand in the post as text, and ping nobody. */
function roleToPing<Item, Enrichment>(
  { feed, options }: MessageContext<Item, Enrichment>,
  item: Item,
  channelId: string,
): string | undefined {
  const chosen: unknown = feed.pingRole?.(item, channelId);
  if (chosen === undefined) return options.pingRoleId;
  if (chosen === null) return undefined;
  if (isRoleId(chosen)) return chosen;
  throw new SeenInputError(
    `pingRole() must return the id of a role, a string of digits, or null for none, but returned ${JSON.stringify(chosen)}.`,
  );
}

function mentionsOfClient({ client }: Pick<MessageContext<never, never>, 'client'>): APIAllowedMentions | undefined {
  return mentionsOf('The allowedMentions of the client', client?.options.allowedMentions);
}

function mentionsOf(name: string, value: unknown): APIAllowedMentions | undefined {
  return value === undefined || value === null ? undefined : toAllowedMentions(name, value);
}
