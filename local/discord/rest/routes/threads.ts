import {
  formError,
  missingAccess,
  missingPermissions,
  threadArchived,
  threadLocked,
  wrongChannelType,
} from '../../api-error.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { permittedBody } from '../../messages/permitted-body.ts';
import { checkMessageBody, refuseEmpty } from '../../messages/validate-message.ts';
import type { UploadedFile } from '../../request-body.ts';
import type { Services } from '../../services.ts';
import { guildChannelPayload } from '../../world/channel-payload.ts';
import { ChannelType, isForum, isThread, threadTypesOf } from '../../world/channel-type.ts';
import type { Channel, ThreadState } from '../../world/channel.ts';
import { appliedTagsIn, checkThreadName } from '../../threads/validate-thread.ts';
import { created, ok, type Route, route } from '../router.ts';

const MAX_PAGE = 100;

export const threadRoutes: readonly Route[] = [
  route('POST', '/channels/:channel/threads', (services, { params, body, files }) => {
    const channel = services.directory.visibleChannel(params.channel);
    const fields = isObject(body) ? body : {};
    if (isForum(channel)) return created(createPost(services, channel, fields, files));
    return created(createThread(services, channel, fields));
  }),
  route('PATCH', '/channels/:channel', (services, { params, body }) => {
    const channel = services.directory.visibleChannel(params.channel);
    if (!isThread(channel))
      throw services.directory.botMay('manageChannels', channel) ? wrongChannelType() : missingPermissions();
    return ok(guildChannelPayload(changeThread(services, channel, isObject(body) ? body : {})));
  }),
  route('GET', '/guilds/:guild/threads/active', ({ directory, threads }, { params }) =>
    ok({ threads: threads.active(directory.guild(params.guild).id).map(guildChannelPayload), members: [] }),
  ),
  route('GET', '/channels/:channel/threads/archived/public', ({ directory, threads }, { params, query }) => {
    const channel = directory.visibleChannel(params.channel);
    if (threadTypesOf(channel).length === 0 && !isForum(channel)) throw wrongChannelType();
    if (!directory.botMay('readMessageHistory', channel)) throw missingAccess();
    const [before, limit] = [timeFrom(query['before']), limitFrom(query['limit'])];
    const older = threads.archived(channel).filter(({ thread }) => thread.changedAt < before);
    const page = older.slice(0, limit);
    return ok({ threads: page.map(guildChannelPayload), members: [], has_more: older.length > page.length });
  }),
];

/** Creates a thread of a forum with its first message, which has the same id. */
function createPost(services: Services, forum: Channel, body: JsonObject, files: readonly UploadedFile[]): object {
  const { directory, messages, snowflakes, threads } = services;
  if (!directory.botMay('sendMessages', forum)) throw missingPermissions();
  const name = checkThreadName(body['name']);
  const appliedTags = appliedTagsIn(forum, body['applied_tags'], directory.botMay('manageThreads', forum));
  const message = permittedBody(directory, forum, checkMessageBody(body['message'], ['message']), files.length);
  refuseEmpty({ ...message, attachments: files });
  const id = snowflakes.next();
  const thread = threads.open({ id, name, type: ChannelType.publicThread, parent: forum, appliedTags });
  const authorId = directory.world.bot.id;
  const first = messages.create({ channel: thread, authorId, body: message, files, extra: { id } });
  return { ...guildChannelPayload(thread), message: first };
}

function createThread({ directory, snowflakes, threads }: Services, parent: Channel, body: JsonObject): object {
  const { type = ChannelType.privateThread } = body;
  if (threadTypesOf(parent).length === 0) throw wrongChannelType();
  const name = checkThreadName(body['name']);
  if (typeof type !== 'number' || !threadTypesOf(parent).includes(type))
    throw formError(['type'], 'BASE_TYPE_CHOICES', `Value must be one of (${threadTypesOf(parent).join(', ')}).`);
  const permission = type === ChannelType.privateThread ? 'createPrivateThreads' : 'createPublicThreads';
  if (!directory.botMay(permission, parent)) throw missingPermissions();
  return guildChannelPayload(threads.open({ id: snowflakes.next(), name, type, parent }));
}

/** Changes a thread: whoever may manage threads changes everything, and its owner everything but the lock. */
function changeThread({ directory, threads }: Services, channel: Channel, body: JsonObject): Channel {
  const { archived, locked, name } = body;
  if (channel.thread?.archived === true && archived !== false) throw threadArchived();
  if (!directory.botMay('manageThreads', channel)) {
    if (channel.thread?.locked === true) throw threadLocked();
    if (channel.thread?.ownerId !== directory.world.bot.id || locked !== undefined) throw missingPermissions();
  }
  const change: Partial<Pick<ThreadState, 'archived' | 'locked'>> = {
    ...(typeof archived === 'boolean' && { archived }),
    ...(typeof locked === 'boolean' && { locked }),
  };
  return threads.change(channel, change, name === undefined ? channel.name : checkThreadName(name));
}

function timeFrom(before: string | undefined): number {
  if (before === undefined) return Infinity;
  const time = Date.parse(before);
  if (!Number.isNaN(time)) return time;
  throw formError(['before'], 'DATE_TIME_TYPE_PARSE', `Could not parse ${before}. Should be ISO8601.`);
}

function limitFrom(limit: string | undefined): number {
  if (limit === undefined) return MAX_PAGE;
  const count = Number(limit);
  if (Number.isInteger(count) && count >= 2 && count <= MAX_PAGE) return count;
  throw formError(['limit'], 'NUMBER_TYPE_RANGE', `int value should be between 2 and ${MAX_PAGE}.`);
}
