import { describe, expect, test } from 'vitest';

import { ClockRecord } from '../../../chaos/kills/clock-record.ts';
import { ChannelViews } from '../../../chaos/kills/channel-views.ts';
import { Delays, type Post } from '../../../chaos/kills/delays.ts';
import { checkOrder as checkPosts, type OrderReport } from '../../../chaos/kills/order-checker.ts';
import { FROM_HEADER } from '../../../chaos/kills/protocol.ts';
import { ORDER_WAIT_MS } from '../../../chaos/order-wait.ts';
import type { Fault } from '../../../local/discord/index.ts';
import { LoggedRequest } from '../../../local/discord/rest/logged-request.ts';

/** The facts of a run in which item 2 was posted at 10:02, and item 1 a minute after it. */
class Run {
  #now = 0;
  readonly clocks = new ClockRecord(2, () => this.#now);
  readonly delays = new Delays(() => this.#now, this.clocks);

  constructor() {
    this.at(0, () => this.delays.claimed('item-1', 'a'));
    this.at(0, () => this.delays.claimed('item-2', 'b'));
    this.at(110, () => this.delays.enrichmentEnded('item-2'));
  }

  /** @param seconds The time since 10:00. */
  at(seconds: number, act: () => void): void {
    this.#now = seconds * 1000;
    act();
  }

  check(): OrderReport {
    return checkOrder([this.#post('item-2', 120), this.#post('item-1', 180)], this.delays);
  }

  #post(item: string, seconds: number): Post {
    return { item, channel: 'c', at: seconds * 1000 };
  }
}

function checkOrder(posts: readonly Post[], delays: Delays, requests: readonly LoggedRequest[] = []): OrderReport {
  return checkPosts(posts, delays, new ChannelViews(requests));
}

/** A request that creates a message in channel 1. */
const request = (content: string) => {
  return { method: 'POST', path: '/channels/1/messages', query: {}, headers: {}, body: { content } };
};

describe('an item that was posted after one that comes later in the feed', () => {
  test('is out of order when nothing had befallen it', () => {
    expect(new Run().check()).toEqual({
      outOfOrder: [{ channel: 'c', late: 'item-1', early: 'item-2' }],
      overtaken: {},
    });
  });

  test.each<[keyof OrderReport['overtaken'], number, (run: Run) => void]>([
    ['lost client', 119, ({ delays }) => delays.clientEnded('a')],
    ['lost lease', 119, ({ delays }) => delays.leaseLost('item-1')],
    ['wrong clock', 119, ({ clocks }) => clocks.set(0, 3_600_000)],
  ])('is excused by a %s before, and not by one after', (excuse, seconds, befall) => {
    const before = new Run();
    before.at(seconds, () => befall(before));
    expect(before.check()).toEqual({ outOfOrder: [], overtaken: { [excuse]: 1 } });
    const after = new Run();
    after.at(seconds + 3600, () => befall(after));
    expect(after.check().outOfOrder).toHaveLength(1);
  });

  test('is not excused by what befell the other one', () => {
    const run = new Run();
    run.at(60, () => run.delays.requestFailed(request('item-2 text')));
    run.at(60, () => run.delays.clientEnded('b'));
    expect(run.check().outOfOrder).toHaveLength(1);
  });

  test('is excused when the other one had been ready for as long as an item waits, and not a moment less', () => {
    const readyMs = 110_000;
    const posted = (at: number): OrderReport => {
      const posts = ['item-2', 'item-1'].map((item) => ({ item, channel: 'c', at }));
      return checkOrder(posts, new Run().delays);
    };
    expect(posted(readyMs + ORDER_WAIT_MS - 1).outOfOrder).toHaveLength(1);
    expect(posted(readyMs + ORDER_WAIT_MS)).toEqual({ outOfOrder: [], overtaken: { 'order wait': 1 } });
  });

  test('is excused by the failure of its own request in the same channel only', () => {
    const failed = (channel: string): OrderReport => {
      const run = new Run();
      run.at(100, () => run.delays.requestFailed(request('item-1 text')));
      const posts = ['item-2', 'item-1'].map((item, index) => ({ item, channel, at: 120_000 + index }));
      return checkOrder(posts, run.delays);
    };
    expect(failed('1').overtaken).toEqual({ 'failed request': 1 });
    expect(failed('2').outOfOrder).toHaveLength(1);
  });

  test('is excused when its client had found the channel closed, and another client posted', () => {
    const sent = (client: string, item: string, seconds: number, fault?: Fault): LoggedRequest =>
      Object.assign(
        new LoggedRequest({ ...request(`${item} x`), headers: { [FROM_HEADER]: client } }, [], seconds * 1000),
        {
          status: 200,
          fault,
        },
      );
    const check = (poster: string, seconds: number): OrderReport => {
      const requests = [
        sent('a', 'item-0', seconds, { kind: 'disconnect', applied: false }),
        sent(poster, 'item-2', 120),
      ];
      const posts = ['item-2', 'item-1'].map((item, index) => ({ item, channel: '1', at: 120_000 + index }));
      return checkOrder(posts, new Run().delays, requests);
    };
    expect(check('b', 100).overtaken).toEqual({ 'closed to one': 1 });
    expect(check('a', 100).outOfOrder).toHaveLength(1);
    expect(check('b', 130).outOfOrder).toHaveLength(1);
  });

  test('is out of order if it has no excuse for one of those that overtook it', () => {
    const run = new Run();
    run.at(125, () => run.delays.requestFailed(request('item-1 text')));
    run.at(125, () => run.delays.enrichmentEnded('item-3'));
    const posts = ['item-2', 'item-3', 'item-1'].map((item, index) => ({
      item,
      channel: '1',
      at: 120_000 + 10_000 * index,
    }));
    expect(checkOrder(posts, run.delays).outOfOrder).toEqual([{ channel: '1', late: 'item-1', early: 'item-2' }]);
  });

  test('counts in each channel for itself', () => {
    const posts = [
      { item: 'item-2', channel: 'c', at: 120_000 },
      { item: 'item-1', channel: 'd', at: 130_000 },
    ];
    expect(checkOrder(posts, new Run().delays)).toEqual({ outOfOrder: [], overtaken: {} });
  });
});

describe('the record of the clocks', () => {
  test('a time is disturbed from the moment at which clocks disagree until they agree again', () => {
    const run = new Run();
    run.at(100, () => run.clocks.set(0, 60_000));
    run.at(200, () => run.clocks.set(0, 0));
    const disturbed = (from: number, to: number) => run.clocks.wasDisturbed(from * 1000, to * 1000);
    expect([disturbed(0, 99), disturbed(120, 130), disturbed(201, 300)]).toEqual([false, true, false]);
  });

  test('clocks that are wrong alike disturb only when they are set', () => {
    const run = new Run();
    const setAll = (errorMs: number) => [0, 1].forEach((process) => run.clocks.set(process, errorMs));
    run.at(100, () => setAll(60_000));
    run.at(200, () => setAll(0));
    const disturbed = (from: number, to: number) => run.clocks.wasDisturbed(from * 1000, to * 1000);
    expect([disturbed(99, 101), disturbed(120, 130), disturbed(190, 210)]).toEqual([true, false, true]);
  });
});
