import { createClient } from 'redis';

import { UnreachableError, type Peer } from './peer.ts';

/** So that a run that is killed leaves nothing behind for long. */
const LIFE_SECONDS = 600;

/**
 * A set in Redis, asked for a whole batch in one round trip.
 *
 * @throws {UnreachableError} when no server answers at `REDIS_URL`, by default on this machine's own port 6379.
 */
export async function openRedis(ids: readonly string[]): Promise<Peer> {
  const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 1_000 } });
  // Each failure is also the rejection of what was asked for; without a listener it would end the process.
  client.on('error', () => {});
  await client.connect().catch((error: unknown) => {
    throw new UnreachableError('Redis', 'REDIS_URL', error);
  });
  const key = `sapphire-plugin-seen:bench:${process.pid}`;
  await client
    .multi()
    .sAdd(key, [...ids])
    .expire(key, LIFE_SECONDS)
    .exec();
  return {
    filterUnseen: async (batch) => {
      const seen = await client.smIsMember(key, [...batch]);
      return batch.filter((_, index) => seen[index] !== 1);
    },
    close: async () => {
      await client.del(key);
      client.destroy();
    },
  };
}
