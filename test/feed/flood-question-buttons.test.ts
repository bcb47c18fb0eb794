import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { createsMessage, failNext, ids } from '../../local/discord/index.ts';
import type { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes } from '../support/notes.ts';
import { takeBackTo010 } from '../support/version-0-1-0.ts';
import {
  admin,
  deliverLater,
  expectQuestion,
  listed,
  MINUTE,
  nameIn,
  questions,
  startHeld,
  startUsual,
  usual,
} from './held-flood.ts';

describe('the buttons of a question', () => {
  test('a button of a lost database decides about no hold of the next', async () => {
    const harness = await startHeld();
    const old = expectQuestion(harness);
    await harness.store.close();
    for (const end of ['', '-wal', '-shm', '.files', '.lock']) rmSync(harness.path + end, { force: true });
    await harness.restart({ adminChannelId: ids.otherGeneral });
    for (let cycle = 0; cycle < 3; cycle += 1) await harness.deliver(usual);
    await harness.deliver([...usual, ...notes(40, 'other')]);
    const next = expectQuestion(harness, ids.otherGeneral);
    expect(await harness.store.holds.decide(nameIn(old) ?? '', 'post', ids.homeAdmin)).toBeNull();
    expect(await harness.deliver(usual)).toMatchObject({ posted: 0, held: 0 });
    await harness.store.holds.decide(nameIn(next) ?? '', 'post', ids.homeAdmin);
    expect(await harness.deliver(usual)).toMatchObject({ posted: 40 });
  });

  test('a hold of an earlier file that is still open is asked about anew', async () => {
    const harness = await startHeld();
    const old = expectQuestion(harness);
    await harness.store.close();
    takeBackTo010(harness.path);
    harness.discord.deleteMessage(admin, old.id);
    await harness.restart();
    await deliverLater(harness, MINUTE);
    const question = expectQuestion(harness);
    expect(nameIn(question)).not.toBe(nameIn(old));
    await harness.store.holds.decide(nameIn(question) ?? '', 'mark', ids.homeAdmin);
    expect(await harness.deliver(listed)).toMatchObject({ marked: 20, posted: 0 });
  });

  test.each([
    ['post', '✅ Being posted'],
    ['mark', '✅ Marked as seen without a post'],
  ] as const)('give way to the outcome once %s is carried out', async (decision, said) => {
    const harness = await startHeld();
    const { id } = expectQuestion(harness);
    await harness.store.holds.decide(1, decision, ids.homeAdmin);
    await deliverLater(harness, MINUTE);
    const [message] = harness.discord.messages(admin);
    expect(message).toMatchObject({ id, components: [] });
    expect(message?.content).toBe(`${said}, as <@${ids.homeAdmin}> decided: 20 new items of \`notes\`.`);
    expect(harness.discord.complaints).toEqual([]);
  });

  test('give way to the outcome although the answer to the question was lost', async () => {
    const harness = await startUsual();
    harness.discord.faults = failNext(4, { kind: 'applied-then-500' }, createsMessage(admin));
    await harness.deliver(listed);
    await harness.store.holds.decide(1, 'mark', ids.homeAdmin);
    await deliverLater(harness, 10 * MINUTE);
    expect(questions(harness)).toEqual([]);
    expect(harness.discord.messages(admin)).toHaveLength(1);
  });

  test.each([
    ['is gone', (harness: DeliveryHarness) => harness.discord.deleteMessage(admin, expectQuestion(harness).id)],
    ['is in a channel that is gone', (harness: DeliveryHarness) => harness.discord.removeChannel(admin)],
    [
      'cannot be edited',
      ({ discord }: DeliveryHarness) => {
        discord.faults = ({ method }) => (method === 'PATCH' ? { kind: 'status', status: 500 } : undefined);
      },
    ],
  ])('a decision is carried out although its question %s', async (_, lose) => {
    const harness = await startHeld();
    lose(harness);
    await harness.store.holds.decide(1, 'post', ids.homeAdmin);
    await harness.clock.advance(MINUTE);
    expect(await harness.deliver(listed)).toMatchObject({ posted: 20, held: 0 });
    expect(await harness.store.holds.list()).toEqual([]);
  });

  test('show what is held, and ping nobody', async () => {
    const feed = new NoteFeed();
    const harness = await startUsual({ feed });
    const hostile = notes(12, '@everyone **`x`** [a](https://evil.example) \n# ');
    await harness.deliver([...usual, ...hostile]);
    const { content, mention_everyone: pings } = expectQuestion(harness);
    expect(pings).toBe(false);
    expect(content).toContain(String.raw`\@everyone \*\*\`x\`\*\* \[a\](https\://evil.example) # 1`);
    expect(content).toContain('and 6 more');
  });
});
