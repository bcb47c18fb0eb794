import { type EventEmitter, once } from 'node:events';
import { Events, GatewayIntentBits, type Message } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { call, connect, localDiscord, newClient, nextEvent } from '../../support/local-discord.ts';
import { ids, type LocalDiscord, Permission } from '../../../local/discord/index.ts';

describe('login', () => {
  it('a login makes a real client ready, with guilds, roles, members and channels', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const home = client.guilds.cache.get(ids.home);
    expect([client.user.id, client.application.id]).toEqual([ids.bot, ids.application]);
    expect([...client.guilds.cache.keys()]).toEqual([ids.home, ids.other]);
    expect(home?.ownerId).toBe(ids.homeOwner);
    expect(home?.roles.everyone.id).toBe(ids.home);
    expect(home?.channels.cache.has(ids.announcements)).toBe(true);
    expect(home?.members.me?.permissions.has(Permission.sendMessages)).toBe(true);
    expect(home?.members.me?.permissions.has(Permission.administrator)).toBe(false);
    expect(discord.connected).toBe(1);
    expect(discord.complaints).toEqual([]);
  });

  it('the client learns who owns the application, a person or a team', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    expect((await client.application.fetch()).owner?.id).toBe(ids.owner);
    const { world } = discord;
    const team = {
      id: '1',
      name: 'Team',
      ownerId: ids.owner,
      members: [{ userId: ids.member, role: 'admin' }],
    } as const;
    const owned = await localDiscord({ world: { ...world, application: { ...world.application, team } } });
    const ofTeam = await (await connect(owned)).application.fetch();
    expect(ofTeam.owner).toMatchObject({ ownerId: ids.owner });
    expect(ofTeam.owner).toHaveProperty('members');
  });

  it('a login with a wrong token is refused', async () => {
    const discord = await localDiscord();
    await expect(newClient(discord).login('wrong.token.entirely')).rejects.toThrow('invalid token');
    expect(discord.requests.map(({ path, status }) => [path, status])).toEqual([['/gateway/bot', 401]]);
  });

  it('a login with privileged intents is refused unless the application was granted them', async () => {
    const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.MessageContent];
    const discord = await localDiscord();
    await expect(newClient(discord, { intents }).login(discord.token)).rejects.toThrow('disallowed intents');
    const { world } = discord;
    const application = { ...world.application, privilegedIntents: GatewayIntentBits.MessageContent };
    await connect(await localDiscord({ world: { ...world, application } }), { intents });
  });
});

describe('events', () => {
  it('an event reaches every client with its intent, and no other', async () => {
    const discord = await localDiscord();
    const [first, second] = [await connect(discord), await connect(discord)];
    const deaf = await connect(discord, { intents: [GatewayIntentBits.Guilds] });
    const heard: unknown[] = [];
    deaf.on(Events.MessageCreate, (message) => heard.push(message));
    const seen = [first, second].map((client) => nextEvent<Message>(client, Events.MessageCreate));
    const removed = nextEvent(deaf, Events.ChannelDelete);
    const { id } = discord.say(ids.member, ids.general, 'hello');
    expect((await Promise.all(seen)).map((message) => message.id)).toEqual([id, id]);
    // Sent after the message, so the message would have arrived by then.
    discord.removeChannel(ids.announcements);
    await removed;
    expect(heard).toEqual([]);
  });

  it('clients are told of edits and deletions', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const path = `/channels/${ids.general}/messages`;
    const created = nextEvent<Message>(client, Events.MessageCreate);
    await call(discord, 'POST', path, { content: 'a' });
    const { id } = await created;
    const edited = new Promise<string>((resolve) => {
      client.once(Events.MessageUpdate, (_, { content }) => resolve(content));
    });
    await call(discord, 'PATCH', `${path}/${id}`, { content: 'b' });
    expect(await edited).toBe('b');
    const deleted = nextEvent<Message>(client, Events.MessageDelete);
    discord.deleteMessage(ids.general, id);
    expect((await deleted).id).toBe(id);
  });

  it('the events of a guild reach only its shard', async () => {
    const discord = await localDiscord();
    const clients = await Promise.all([0, 1, 2].map((shard) => connect(discord, { shards: [shard], shardCount: 3 })));
    const guilds = clients.map((client) => Array.from(client.guilds.cache.keys()));
    expect(guilds.flat().toSorted()).toEqual([ids.home, ids.other]);
    expect(guilds).toEqual(
      [0n, 1n, 2n].map((shard) => [ids.home, ids.other].filter((id) => (BigInt(id) >> 22n) % 3n === shard)),
    );
  });
});

describe('lost connections', () => {
  it.each([4000, 1001, 1006])(
    'a connection lost with code %i is resumed, and missed events arrive once',
    async (code) => {
      const discord = await localDiscord();
      const client = await connect(discord);
      const contents: string[] = [];
      // Below discord.js's own events, which hide a message that arrives twice.
      (client as EventEmitter).on(Events.Raw, ({ t, d }) => t === 'MESSAGE_CREATE' && contents.push(d.id));
      const before = discord.say(ids.member, ids.general, 'before');
      await nextEvent(client, Events.MessageCreate);
      discord.dropConnections(code);
      const missed = discord.say(ids.member, ids.general, 'missed');
      await nextEvent(client, Events.ShardResume);
      const after = discord.say(ids.member, ids.general, 'after');
      await nextEvent(client, Events.MessageCreate);
      expect(contents).toEqual([before.id, missed.id, after.id]);
    },
  );

  it('a client whose heartbeats are not acknowledged reconnects and resumes', async () => {
    const discord = await localDiscord({ heartbeatIntervalMs: 30 });
    const client = await connect(discord);
    const resumed = nextEvent(client, Events.ShardResume);
    discord.acknowledgeHeartbeats(false);
    await nextEvent(client, Events.ShardReconnecting);
    discord.acknowledgeHeartbeats(true);
    await resumed;
    expect(discord.connected).toBe(1);
  });

  it('a client that is asked to reconnect resumes', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const resumed = nextEvent(client, Events.ShardResume);
    discord.requestReconnect();
    await resumed;
    expect(discord.connected).toBe(1);
  });
});

describe('protocol errors', () => {
  const identify = (token: string) => ({ op: 2, d: { token, intents: 1, properties: {} } });

  /** Sends these payloads to the gateway and returns the close code, with everything received before it. */
  async function closeCode(discord: LocalDiscord, ...payloads: unknown[]): Promise<number> {
    const socket = new WebSocket(`${discord.api.replace('http', 'ws')}/gateway/?v=10&encoding=json`);
    await once(socket, 'open');
    for (const payload of payloads) socket.send(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const [code] = await once(socket, 'close');
    return Number(code);
  }

  it.each([
    ['text that is not JSON', 4002, () => ['{']],
    ['JSON that is not an object', 4002, () => ['[]']],
    ['a command before the login', 4003, () => [{ op: 8, d: {} }]],
    ['a wrong token', 4004, () => [identify('wrong')]],
    ['a second login', 4005, (token: string) => [identify(token), identify(token)]],
    ['an impossible shard', 4010, (token: string) => [{ op: 2, d: { token, intents: 1, shard: [2, 2] } }]],
    ['an unknown opcode', 4001, (token: string) => [identify(token), { op: 99, d: null }]],
    ['a resume with a wrong token', 4004, () => [{ op: 6, d: { token: 'wrong', session_id: 'x', seq: 1 } }]],
  ])('%s closes the connection with %i', async (_, code, payloads) => {
    const discord = await localDiscord();
    expect(await closeCode(discord, ...payloads(discord.token))).toBe(code);
    expect(discord.connected).toBe(0);
  });

  it('a session that the gateway does not know is not resumed', async () => {
    const discord = await localDiscord();
    const socket = new WebSocket(`${discord.api.replace('http', 'ws')}/gateway`);
    const received: unknown[] = [];
    socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString('utf8'))));
    await once(socket, 'message');
    socket.send(JSON.stringify({ op: 6, d: { token: discord.token, session_id: 'gone', seq: 1 } }));
    await once(socket, 'message');
    expect(received).toMatchObject([{ op: 10 }, { op: 9, d: false }]);
    socket.terminate();
  });
});
