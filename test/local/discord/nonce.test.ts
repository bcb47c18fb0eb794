import { Events, type Message } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import { call, channelOf, connect, localDiscord, nextEvent } from '../../support/local-discord.ts';
import { createsMessage, failNext, ids, type LocalDiscord } from '../../../local/discord/index.ts';

const post = (discord: LocalDiscord, nonce: string, more: object = {}, channel: string = ids.announcements) =>
  call(discord, 'POST', `/channels/${channel}/messages`, { content: 'a', nonce, enforce_nonce: true, ...more });

describe('enforced nonces', () => {
  it('a nonce creates one message, however often a real client sends it', async () => {
    const discord = await localDiscord();
    const channel = channelOf(await connect(discord), ids.announcements);
    const [first, ...others] = await Promise.all(
      [1, 2, 3].map(() => channel.send({ content: 'a', nonce: 'n', enforceNonce: true })),
    );
    expect(others.map(({ id }) => id)).toEqual([first?.id, first?.id]);
    expect(discord.messages(ids.announcements)).toHaveLength(1);
  });

  it('another window, channel or nonce creates another message, and so does a nonce that is not enforced', async () => {
    const clock = new ManualClock();
    const discord = await localDiscord({ clock, nonceWindowMs: 60_000 });
    await post(discord, 'n');
    await clock.advance(59_999);
    await post(discord, 'n');
    expect(discord.messages(ids.announcements)).toHaveLength(1);
    await post(discord, 'other');
    await post(discord, 'n', { enforce_nonce: false });
    expect(discord.messages(ids.announcements)).toHaveLength(3);
    await post(discord, 'n', {}, ids.general);
    expect(discord.messages(ids.general)).toHaveLength(1);
    await clock.advance(60_000);
    await post(discord, 'n');
    expect(discord.messages(ids.announcements)).toHaveLength(4);
  });

  it('the nonce of a deleted message is answered with Unknown Message', async () => {
    const discord = await localDiscord();
    await post(discord, 'n');
    const [message] = discord.messages(ids.announcements);
    discord.deleteMessage(ids.announcements, message?.id ?? '');
    expect(await post(discord, 'n')).toEqual({ status: 404, body: { code: 10_008, message: 'Unknown Message' } });
    expect(discord.messages(ids.announcements)).toEqual([]);
  });

  it('the answer carries the nonce, and the history does not, because Discord does not store it', async () => {
    const discord = await localDiscord();
    expect((await post(discord, 'n')).body).toMatchObject({ nonce: 'n' });
    expect((await post(discord, 'n')).body).toMatchObject({ nonce: 'n' });
    const { body } = await call(discord, 'GET', `/channels/${ids.announcements}/messages`);
    expect(body).toMatchObject([{ content: 'a' }]);
    expect(JSON.stringify(body)).not.toContain('nonce');
  });

  it('the gateway tells a bot with the intent of its own message, nonce included, also after a lost answer', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    discord.faults = failNext(1, { kind: 'disconnect', applied: true }, createsMessage(ids.announcements));
    const told = nextEvent<Message>(client, Events.MessageCreate);
    await expect(post(discord, 'n')).rejects.toThrow('fetch failed');
    const [message] = discord.messages(ids.announcements);
    expect(await told).toMatchObject({ id: message?.id, nonce: 'n', author: { id: ids.bot } });
    expect(message).not.toHaveProperty('nonce');
  });

  it('a repeated creation is not told again', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const told: unknown[] = [];
    client.on(Events.MessageCreate, ({ nonce }) => told.push(nonce));
    for (const nonce of ['n', 'n', 'last']) await post(discord, nonce);
    await expect.poll(() => told).toEqual(['n', 'last']);
  });
});
