import { expect, test } from 'vitest';

import { ids } from '../../../local/discord/index.ts';
import { INCIDENT_AFTER_MS, startWithAdmins, told } from '../../support/admin-channel.ts';
import { notes } from '../../support/notes.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/times.ts';

test('a channel that takes no posts is told of once it has lasted, and again once a post gets through', async () => {
  const harness = await startWithAdmins();
  harness.discord.denyChannel(ids.announcements);
  let toldEarly = 0;
  for (let spent = 0; spent < 2 * INCIDENT_AFTER_MS; spent += 2 * MINUTE_MS) {
    await harness.deliver(notes(101));
    if (spent < INCIDENT_AFTER_MS) toldEarly += told(harness).length;
    await harness.clock.advance(2 * MINUTE_MS);
  }
  expect(toldEarly).toBe(0);
  // Neither the items that pile up nor anything else is told of beside it.
  expect(told(harness)).toHaveLength(1);
  expect(told(harness)[0]).toContain(`🔴 **Nothing can be posted in <#${ids.announcements}>**`);
  expect(told(harness)[0]).toContain('Give the bot the permissions View Channel, Send Messages');
  harness.discord.allowChannel(ids.announcements);
  for (let spent = 0; spent < HOUR_MS; spent += 10 * MINUTE_MS) {
    await harness.deliver(notes(101));
    await harness.clock.advance(10 * MINUTE_MS);
  }
  expect(harness.texts()).toHaveLength(101);
  expect(told(harness)).toHaveLength(2);
  expect(told(harness)[1]).toContain(`🟢 **Posts get through in <#${ids.announcements}> again**`);
});

test('a channel that is open again within ten minutes is not told of', async () => {
  const harness = await startWithAdmins();
  harness.discord.denyChannel(ids.announcements);
  await harness.deliver(notes(3));
  harness.discord.allowChannel(ids.announcements);
  for (let spent = 0; spent < HOUR_MS; spent += MINUTE_MS) {
    await harness.clock.advance(MINUTE_MS);
    await harness.deliver(notes(3));
  }
  expect(harness.texts()).toHaveLength(3);
  expect(told(harness)).toEqual([]);
});
