import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStore } from '../../../src/store/index.ts';
import { ownSchema } from '../../support/postgres.ts';
import { RecordedPool } from '../../support/recorded-pool.ts';

/** A store whose database is out of service for one statement, and in service again, with the id "b", right after. */
async function openNearMove(statement: RegExp): Promise<SeenStore> {
  const { url, schema, query } = await ownSchema();
  const recorded = new RecordedPool(url);
  const store = await openSeenStore({ pool: recorded.pool, schema });
  onTestFinished(async () => {
    await store.close();
    await recorded.pool.end();
  });
  await query(
    `INSERT INTO ${schema}.seen_move (direction, peer_id, peer, begun_at, running, used)
     VALUES ('departure', '1', 'elsewhere', 1, 0, 0)`,
  );
  recorded.next(statement, async (send) => {
    const answer = await send();
    await query(`DELETE FROM ${schema}.seen_move; INSERT INTO ${schema}.seen VALUES ('b', 1)`);
    return answer;
  });
  return store;
}

test('a mark that finds the database out of service, but in service when it looks closer, is made', async () => {
  const store = await openNearMove(/INSERT INTO \S*\.seen \(id/);
  await store.markSeen('a');
  expect(await store.isSeen('a')).toBe(true);
});

test('a prefilter that finds the same knows what a move has brought meanwhile', async () => {
  const store = await openNearMove(/json_agg\(id\) AS seen/);
  expect(await store.filterUnseen(['a', 'b'])).toEqual(['a']);
});
