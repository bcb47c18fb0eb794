import { expect, test, vi } from 'vitest';

import { ids } from '../../local/discord/index.ts';
import { generatedFeed } from '../../local/edgar/index.ts';
import { openSeenStore } from '../../src/store/index.ts';
import { botWorld } from '../support/bot-world.ts';
import { settableClock } from '../support/settable-clock.ts';

// The test starts a whole program, beside those of other tests.
const PATIENCE_MS = 30_000;
vi.setConfig({ testTimeout: 60_000 });

/** Makes it so that EDGAR has failed since a while ago, for an earlier process. */
async function failedSince(path: string, ms: number): Promise<void> {
  const store = await openSeenStore({ path, clock: settableClock(Date.now() - ms) });
  await store.incidents.open('source:filings', 'EDGAR answered 503');
  await store.close();
}

test('admins are told in their channel that EDGAR fails, after ten minutes, and that it is back', async () => {
  const outage = { isOver: false };
  const { discord, database, start } = await botWorld(generatedFeed({ filings: 5 }), () =>
    outage.isOver ? undefined : 'unavailable',
  );
  await failedSince(database, 11 * 60_000);
  const bot = start({ SEEN_ADMIN_CHANNEL_ID: ids.general });
  await discord.waitForMessages(ids.general, 1, PATIENCE_MS);
  const cycles = bot.of('feed_cycle_finished').length;
  await bot.line('feed_cycle_finished', cycles + 2);
  const told = (): string[] => discord.messages(ids.general).map(({ content }) => content);
  expect(told()).toHaveLength(1);
  expect(told()[0]).toContain('🔴 **The source of `filings` cannot be read**');
  outage.isOver = true;
  await discord.waitForMessages(ids.general, 2, PATIENCE_MS);
  expect(told()[1]).toMatch(/^🟢 \*\*The source of `filings` answers again\*\*, after 1\d min\./);
  expect(discord.messages(ids.announcements).filter(({ content }) => /incident/i.test(content))).toEqual([]);
});
