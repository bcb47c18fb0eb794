import { formError, unknownRole } from '../../api-error.ts';
import { isObject } from '../../json.ts';
import { requireSnowflake } from '../../snowflake.ts';
import {
  applicationPayload,
  channelPayload,
  guildPayload,
  memberPayload,
  rolePayloads,
  userPayload,
} from '../../world/payloads.ts';
import { refusePosting } from '../../world/posting-rules.ts';
import { noContent, ok, type Route, route } from '../router.ts';

/** Routes for users, the application, guilds, members, roles and channels, and for the gateway's address. */
export const directoryRoutes: readonly Route[] = [
  route('GET', '/gateway', ({ gateway }) => ok({ url: gateway.url }), { needsAuth: false }),
  route('GET', '/gateway/bot', ({ gateway }) =>
    ok({
      url: gateway.url,
      shards: 1,
      // discord.js identifies `max_concurrency` shards at once and then waits five seconds on the real clock.
      session_start_limit: { total: 1000, remaining: 999, reset_after: 86_400_000, max_concurrency: 16 },
    }),
  ),
  route('GET', '/applications/@me', ({ directory }) => ok(applicationPayload(directory))),
  route('GET', '/oauth2/applications/@me', ({ directory }) => ok(applicationPayload(directory))),
  route('GET', '/users/@me', ({ directory }) => ok(userPayload(directory, directory.world.bot))),
  route('GET', '/users/@me/guilds', ({ directory }) =>
    ok(directory.world.guilds.map(({ id, name }) => ({ id, name }))),
  ),
  route('POST', '/users/@me/channels', ({ directory, snowflakes }, { body }) => {
    const recipient = isObject(body) ? body['recipient_id'] : undefined;
    if (typeof recipient !== 'string')
      throw formError(['recipient_id'], 'BASE_TYPE_REQUIRED', 'This field is required');
    const channel = directory.openDm(requireSnowflake('recipient_id', recipient), () => snowflakes.next());
    return ok(channelPayload(directory, channel));
  }),
  route('GET', '/users/:user', ({ directory }, { params }) => ok(userPayload(directory, directory.user(params.user)))),
  route('GET', '/channels/:channel', ({ directory }, { params }) =>
    ok(channelPayload(directory, directory.visibleChannel(params.channel))),
  ),
  route('POST', '/channels/:channel/typing', ({ directory }, { params }) => {
    const channel = directory.visibleChannel(params.channel);
    refusePosting(directory, channel);
    return noContent();
  }),
  route('GET', '/guilds/:guild', ({ directory }, { params }) => ok(guildPayload(directory.guild(params.guild)))),
  route('GET', '/guilds/:guild/channels', ({ directory }, { params }) => {
    const { id } = directory.guild(params.guild);
    return ok(directory.channelsOf(id).map((channel) => channelPayload(directory, channel)));
  }),
  route('GET', '/guilds/:guild/roles', ({ directory }, { params }) => ok(rolePayloads(directory.guild(params.guild)))),
  route('GET', '/guilds/:guild/roles/:role', ({ directory }, { params }) => {
    const role = rolePayloads(directory.guild(params.guild)).find(({ id }) => id === params.role);
    if (!role) throw unknownRole();
    return ok(role);
  }),
  route('GET', '/guilds/:guild/members', ({ directory }, { params }) =>
    ok(directory.guild(params.guild).members.map((member) => memberPayload(directory, member))),
  ),
  route('GET', '/guilds/:guild/members/:user', ({ directory }, { params }) =>
    ok(memberPayload(directory, directory.member(params.guild, params.user))),
  ),
];
