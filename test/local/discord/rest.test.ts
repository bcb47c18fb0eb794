import { GatewayIntentBits } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { call, connect, localDiscord } from '../../support/local-discord.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { defaultWorld, failNext, ids } from '../../../local/discord/index.ts';

describe('requests', () => {
  it.each([undefined, 'Bot wrong', 'Bearer wrong'])(
    'a request with the authorization %s is refused',
    async (authorization) => {
      const discord = await localDiscord();
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await call(discord, 'GET', '/users/@me', undefined, { headers });
      expect(answer).toEqual({ status: 401, body: { code: 0, message: '401: Unauthorized' } });
      expect(discord.requests).toMatchObject([{ method: 'GET', path: '/users/@me', status: 401, unhandled: false }]);
    },
  );

  it('a request for an unknown route is answered 404, and reported', async () => {
    const discord = await localDiscord();
    const answer = await call(discord, 'GET', '/lobbies/1?x=2');
    expect(answer).toEqual({ status: 404, body: { code: 0, message: '404: Not Found' } });
    expect(discord.requests).toMatchObject([{ path: '/lobbies/1', query: { x: '2' }, unhandled: true }]);
    expect(discord.complaints).toEqual(['GET /lobbies/1 is not implemented here']);
  });

  it.each([
    ['GET', '/channels/1', 10_003],
    ['GET', '/guilds/1', 10_004],
    ['GET', `/guilds/${ids.home}/members/1`, 10_007],
    ['GET', `/channels/${ids.general}/messages/1`, 10_008],
    ['GET', '/users/1', 10_013],
    ['GET', '/applications/1/commands', 10_002],
    ['GET', `/applications/${ids.application}/commands/1`, 10_063],
    ['POST', '/webhooks/1/token', 10_015],
    ['POST', '/interactions/1/token/callback', 10_062],
  ])('%s %s is answered with %i, because it does not exist', async (method, path, code) => {
    const discord = await localDiscord();
    const body = method === 'GET' ? undefined : {};
    expect(await call(discord, method, path, body)).toMatchObject({ status: 404, body: { code } });
  });

  it('a request with a malformed id is refused', async () => {
    const discord = await localDiscord();
    const answer = await call(discord, 'GET', '/channels/hello');
    expect(answer).toMatchObject({ status: 400, body: { code: 50_035, errors: { channel_id: {} } } });
  });

  it('a request with a malformed body is refused', async () => {
    const discord = await localDiscord();
    const path = `/channels/${ids.general}/messages`;
    expect(await call(discord, 'POST', path, '{"content":')).toMatchObject({ status: 400, body: { code: 50_109 } });
    expect(await call(discord, 'POST', path, '[]')).toMatchObject({ status: 400, body: { code: 50_035 } });
    const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'multipart/form-data; boundary=x' };
    expect(await call(discord, 'POST', path, 'no form', { headers })).toMatchObject({
      status: 400,
      body: { code: 50_035 },
    });
    expect(discord.messages(ids.general)).toEqual([]);
  });

  it('every answer reports a rate limit that is not used up', async () => {
    const discord = await localDiscord();
    const { headers } = await fetch(`${discord.api}/v10/gateway`);
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeGreaterThan(0);
    expect(headers.get('x-ratelimit-bucket')).toBeTruthy();
  });

  it('every answer carries the time of the server’s own clock, errors included, unless a fault gives another', async () => {
    const clock = new ManualClock(Date.UTC(2020, 1, 29, 23, 59, 59));
    const discord = await localDiscord({ clock });
    const dateOf = async (path: string) => (await fetch(`${discord.api}/v10${path}`)).headers.get('date');
    expect(await dateOf('/gateway')).toBe('Sat, 29 Feb 2020 23:59:59 GMT');
    await clock.advance(3_600_000);
    expect(await dateOf('/users/@me')).toBe('Sun, 01 Mar 2020 00:59:59 GMT');
    discord.faults = failNext(1, { kind: 'status', status: 503, headers: { date: 'never' } }, () => true);
    expect(await dateOf('/gateway')).toBe('never');
    discord.faults = failNext(1, { kind: 'status', status: 503 }, () => true);
    expect(await dateOf('/gateway')).toBe('Sun, 01 Mar 2020 00:59:59 GMT');
  });
});

describe('the directory', () => {
  it('a client fetches all members of a guild through the gateway', async () => {
    const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers];
    const application = { ...defaultWorld.application, privilegedIntents: GatewayIntentBits.GuildMembers };
    const client = await connect(await localDiscord({ world: { ...defaultWorld, application } }), { intents });
    const members = await client.guilds.cache.get(ids.other)?.members.fetch();
    expect([...(members?.keys() ?? [])]).toEqual([ids.bot, ids.otherAdmin, ids.member]);
  });

  it('a real client fetches guilds, members, roles, channels and users', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const home = await client.guilds.fetch({ guild: ids.home, force: true });
    const member = await home.members.fetch({ user: ids.homeAdmin, force: true });
    expect(member.permissions.has('Administrator')).toBe(true);
    expect((await home.roles.fetch(ids.adminRole, { force: true }))?.name).toBe('Admins');
    expect((await client.channels.fetch(ids.general, { force: true }))?.id).toBe(ids.general);
    expect((await client.users.fetch(ids.member, { force: true })).username).toBe('milo');
    expect((await home.channels.fetch()).has(ids.announcements)).toBe(true);
    expect(discord.complaints).toEqual([]);
  });
});
