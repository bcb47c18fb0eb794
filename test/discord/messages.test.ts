import { describe, expect, it } from 'vitest';
import { connect, localDiscord, textChannel } from './connect.ts';
import { createsMessage, failNext, ids } from './index.ts';

describe('a message', () => {
  it('is seen in its channel', async () => {
    const discord = await localDiscord();
    const channel = textChannel(await connect(discord), ids.announcements);
    const sent = await channel.send({ content: 'hello', embeds: [{ title: '8-K', description: 'Example Corp' }] });
    expect(discord.messages(ids.announcements)).toMatchObject([
      { id: sent.id, content: 'hello', author: { id: ids.bot, bot: true }, embeds: [{ title: '8-K' }] },
    ]);
    expect(discord.messages(ids.general)).toEqual([]);
  });
  it('is made once per enforced nonce', async () => {
    const discord = await localDiscord();
    const channel = textChannel(await connect(discord), ids.announcements);
    const first = await channel.send({ content: 'a', nonce: 'n1', enforceNonce: true });
    const second = await channel.send({ content: 'a', nonce: 'n1', enforceNonce: true });
    expect(second.id).toBe(first.id);
    expect(discord.messages(ids.announcements)).toHaveLength(1);
  });
  it('with a nonce survives an answer that got lost', async () => {
    const discord = await localDiscord();
    const channel = textChannel(await connect(discord), ids.announcements);
    discord.faults = failNext(1, { kind: 'applied-then-500' }, createsMessage(ids.announcements));
    await channel.send({ content: 'a', nonce: 'n1', enforceNonce: true });
    expect(discord.messages(ids.announcements)).toHaveLength(1);
    expect(discord.requests.filter(createsMessage(ids.announcements)).map(({ status }) => status)).toEqual([500, 200]);
  });
});
