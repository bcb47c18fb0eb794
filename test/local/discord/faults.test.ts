import { connect as connectSocket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { call, channelOf, connect, localDiscord } from '../../support/local-discord.ts';
import {
  createsMessage,
  failNext,
  type Fault,
  ids,
  type LocalDiscord,
  startLocalDiscord,
} from '../../../local/discord/index.ts';

const creation = createsMessage(ids.announcements);
const path = `/channels/${ids.announcements}/messages`;

async function failing(fault: Fault, count = 1): Promise<LocalDiscord> {
  return localDiscord({ faults: failNext(count, fault, creation) });
}

describe('faults', () => {
  it('a message that is created and then answered 500 is created again, but not with a nonce', async () => {
    for (const [nonce, count] of [
      [{}, 2],
      [{ nonce: 'n', enforceNonce: true }, 1],
    ] as const) {
      const discord = await failing({ kind: 'applied-then-500' });
      await channelOf(await connect(discord), ids.announcements).send({ content: 'a', ...nonce });
      expect(discord.messages(ids.announcements)).toHaveLength(count);
      expect(discord.requests.filter(creation).map(({ status }) => status)).toEqual([500, 200]);
    }
  });

  it('a request that gets a status gets exactly that, and has no effect', async () => {
    const headers = { 'retry-after': '0.001', 'x-ratelimit-scope': 'shared' };
    const discord = await failing({ kind: 'status', status: 429, headers, body: { retry_after: 0.001 } });
    const channel = channelOf(await connect(discord), ids.announcements);
    await channel.send('a');
    expect(discord.requests.filter(creation).map(({ status }) => status)).toEqual([429, 200]);
    expect(discord.messages(ids.announcements)).toHaveLength(1);
    discord.faults = failNext(1, { kind: 'status', status: 429 }, creation);
    const response = await fetch(`${discord.api}/v10${path}`, { method: 'POST' });
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([429, null, '']);
  });

  it.each([true, false])('a connection is cut before the answer, with the request applied: %s', async (applied) => {
    const discord = await failing({ kind: 'disconnect', applied });
    await expect(call(discord, 'POST', path, { content: 'a' })).rejects.toThrow('fetch failed');
    expect(discord.messages(ids.announcements)).toHaveLength(applied ? 1 : 0);
    expect(discord.requests).toMatchObject([{ status: undefined, fault: { kind: 'disconnect' } }]);
    expect(await call(discord, 'POST', path, { content: 'b' })).toMatchObject({ status: 200 });
  });

  it.each([true, false])('a request hangs until the server closes, with the request applied: %s', async (applied) => {
    const discord = await startLocalDiscord({ faults: failNext(1, { kind: 'timeout', applied }, creation) });
    const hanging = expect(call(discord, 'POST', path, { content: 'a' })).rejects.toThrow('fetch failed');
    await discord.waitUntil('the request', () => discord.requests.length === 1);
    expect(discord.messages(ids.announcements)).toHaveLength(applied ? 1 : 0);
    await discord.close();
    await hanging;
  });

  it('closing the server reports a fault plan that threw', async () => {
    const discord = await startLocalDiscord({
      faults: () => {
        throw new Error('a mistake in the plan');
      },
    });
    await expect(call(discord, 'GET', '/gateway')).rejects.toThrow('fetch failed');
    await expect(discord.close()).rejects.toThrow('The local Discord failed');
  });

  it('a client that dies while it sends a request does not fail the server', async () => {
    const discord = await startLocalDiscord();
    const { hostname, port } = new URL(discord.api);
    const dying = connectSocket(Number(port), hostname);
    dying.write(`POST /api/v10${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"content":`);
    // A whole request afterwards: by then the server is waiting for the rest of the first one.
    await call(discord, 'GET', '/gateway');
    dying.destroy();
    await call(discord, 'GET', '/gateway');
    await discord.close();
    expect(discord.requests.map((request) => request.path)).toEqual(['/gateway', '/gateway']);
  });
});
