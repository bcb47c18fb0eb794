import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { openSeenStore, SeenStoreClosedError } from '../../../src/store/index.ts';
import { ownSchema, proxyTo } from '../../support/postgres.ts';
import { muteServer } from './mute-server.ts';
import { errorOf, FastClock } from './own-database.ts';

function encrypted(port: number): string {
  return `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=verify-full`;
}

test('what answers a wish for TLS as no server does is told from one without TLS', async () => {
  const server = await muteServer('H');
  expect((await errorOf(openSeenStore({ url: encrypted(server.port) }))).message).toContain(
    'what listens there is no PostgreSQL server. Look at host and port',
  );
});

describe.each([
  ['before its answer', ''],
  ['after its answer', 'S'],
])('a server that falls silent in the handshake, %s,', (_when, answer) => {
  test('keeps a start no longer than its limit', async () => {
    const server = await muteServer(answer);
    const clock = new FastClock();
    clock.runAt(40);
    const error = await errorOf(openSeenStore({ url: encrypted(server.port), clock, busyTimeoutMs: 1_000 }));
    expect(error.message).toContain('the server gave no answer within 5000 ms');
    expect(server.taken).toBe(1);
    await expect.poll(() => server.open).toBe(0);
  });

  test('keeps no close waiting', async () => {
    const { url, schema } = await ownSchema();
    const { proxy, url: through } = await proxyTo(url);
    const clock = new FastClock();
    const store = await openSeenStore({ url: through, schema, clock, purgeEveryMs: 1e9 });
    await store.markSeen('a');
    const server = await muteServer(answer);
    // From the next connection on, TLS is asked for.
    vi.stubEnv('PGSSLMODE', 'verify-full');
    onTestFinished(() => void vi.unstubAllEnvs());
    proxy.switchTo(server);
    const pending = errorOf(store.markSeen('b'));
    await expect.poll(() => server.taken).toBe(1);
    clock.runAt(20);
    const start = performance.now();
    await store.close();
    // Sooner than the driver itself gives up.
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(await pending).toBeInstanceOf(SeenStoreClosedError);
    await expect.poll(() => server.open).toBe(0);
  });
});
