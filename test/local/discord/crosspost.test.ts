import { Events, type Message, type PartialMessage } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { ids, type LocalDiscord } from '../../../local/discord/index.ts';
import { call, channelOf, connect, localDiscord } from '../../support/local-discord.ts';
import { ManualClock } from '../../support/manual-clock.ts';

async function postAndPublish(discord: LocalDiscord, channel: string) {
  const { body } = await call(discord, 'POST', `/channels/${channel}/messages`, { content: 'x' });
  return await publish(discord, channel, (body as { id: string }).id);
}

const publish = (discord: LocalDiscord, channel: string, message: string) =>
  call(discord, 'POST', `/channels/${channel}/messages/${message}/crosspost`);

describe('publishing a message', () => {
  it('a real client publishes a message of an announcement channel once, and is told of it', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const told = new Promise<Message | PartialMessage>((resolve) => {
      client.once(Events.MessageUpdate, (_, message) => resolve(message));
    });
    const sent = await channelOf(client, ids.news).send('x');
    await sent.crosspost();
    expect((await told).flags.has('Crossposted')).toBe(true);
    expect(discord.messages(ids.news)).toMatchObject([{ id: sent.id, flags: 1, edited_timestamp: null }]);
    await expect(sent.crosspost()).rejects.toMatchObject({ status: 400, code: 40_033 });
    expect(discord.complaints).toEqual([]);
  });

  it.each([ids.announcements, ids.thread])(
    'a message of channel %s, which is of another kind, is refused',
    async (id) => {
      expect(await postAndPublish(await localDiscord(), id)).toMatchObject({ status: 400, body: { code: 50_024 } });
    },
  );

  it('an unknown message is unknown', async () => {
    expect(await publish(await localDiscord(), ids.news, '1')).toMatchObject({ status: 404, body: { code: 10_008 } });
  });

  it('a message of somebody else needs the permission to manage messages', async () => {
    const discord = await localDiscord();
    const { id } = discord.say(ids.member, ids.news, 'mine');
    expect(await publish(discord, ids.news, id)).toMatchObject({ status: 403, body: { code: 50_013 } });
    const own = (await call(discord, 'POST', `/channels/${ids.news}/messages`, { content: 'x' })).body as {
      id: string;
    };
    discord.denyChannel(ids.news, ['sendMessages']);
    expect(await publish(discord, ids.news, own.id)).toMatchObject({ status: 403, body: { code: 50_013 } });
  });

  it('ten messages an hour are published in a channel, and the next must wait', async () => {
    const clock = new ManualClock();
    const discord = await localDiscord({ clock });
    for (let count = 0; count < 10; count += 1) {
      expect(await postAndPublish(discord, ids.news)).toMatchObject({ status: 200 });
      await clock.advance(60_000);
    }
    const { body } = await call(discord, 'POST', `/channels/${ids.news}/messages`, { content: 'late' });
    const url = `${discord.api}/v10/channels/${ids.news}/messages/${(body as { id: string }).id}/crosspost`;
    const refused = await fetch(url, { method: 'POST', headers: { authorization: `Bot ${discord.token}` } });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({ message: 'You are being rate limited.', retry_after: 3000, global: false });
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': '3000',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset-after': '3000',
    });
    await clock.advance(3_000_000);
    expect(await postAndPublish(discord, ids.news)).toMatchObject({ status: 200 });
    expect(await postAndPublish(discord, ids.news)).toMatchObject({ status: 429 });
  });
});
