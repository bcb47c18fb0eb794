import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import { call, channelOf, connect, localDiscord } from '../../support/local-discord.ts';
import { ids, type LocalDiscord } from '../../../local/discord/index.ts';

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
});
