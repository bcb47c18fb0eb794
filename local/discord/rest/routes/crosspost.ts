import { alreadyCrossposted, missingPermissions, wrongChannelType } from '../../api-error.ts';
import { type Message, MessageFlag } from '../../messages/message.ts';
import type { Services } from '../../services.ts';
import { ChannelType } from '../../world/channel-type.ts';
import type { Channel } from '../../world/channel.ts';
import { ok, type Reply, type Route, route } from '../router.ts';
import { publicMessage } from './messages.ts';

/** The route that publishes a message of an announcement channel to the channels that follow it. */
export const crosspostRoutes: readonly Route[] = [
  route('POST', '/channels/:channel/messages/:message/crosspost', (services, { params }) => {
    const channel = services.directory.visibleChannel(params.channel);
    if (channel.type !== ChannelType.announcement) throw wrongChannelType();
    const message = publicMessage(services, channel, params.message);
    refuseUnpermitted(services, channel, message);
    if ((message.flags & MessageFlag.crossposted) !== 0) throw alreadyCrossposted();
    const waitMs = services.crossposts.waitMs(channel.id);
    if (waitMs > 0) return tooMany(services.clock.now(), waitMs);
    services.crossposts.add(channel.id);
    return ok(services.messages.change(message, channel, { flags: message.flags | MessageFlag.crossposted }));
  }),
];

function refuseUnpermitted({ directory }: Services, channel: Channel, { author }: Message): void {
  const isOwn = author.id === directory.world.bot.id;
  if (!directory.botMay('sendMessages', channel)) throw missingPermissions();
  if (!isOwn && !directory.botMay('manageMessages', channel)) throw missingPermissions();
}

function tooMany(now: number, waitMs: number): Reply {
  const seconds = waitMs / 1000;
  return {
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: seconds, global: false },
    headers: {
      'retry-after': String(Math.ceil(seconds)),
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String((now + waitMs) / 1000),
      'x-ratelimit-reset-after': String(seconds),
      'x-ratelimit-scope': 'user',
    },
  };
}
