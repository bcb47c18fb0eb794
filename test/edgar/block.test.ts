import { describe, expect, test } from 'vitest';
import { Block } from '../../src/edgar/block.ts';
import { retryAfterMs } from '../../src/edgar/retry-after.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RATE = { kind: 'rate', answer: 'HTTP 429' } as const;
const UNDECLARED = { kind: 'undeclared', answer: 'HTTP 403' } as const;

/** The length of the block that one page starts, in minutes. */
function minutes(page: typeof RATE | typeof UNDECLARED, retryAfter?: number): number {
  const clock = new ManualClock();
  const { blockedUntil } = new Block(clock).start(page, retryAfter);
  return (blockedUntil.getTime() - clock.now()) / MINUTE_MS;
}

describe('a block', () => {
  test('lasts as long as the server asks, within bounds', () => {
    expect(minutes(RATE)).toBe(10);
    expect(minutes(RATE, 3 * MINUTE_MS)).toBe(3);
    expect(minutes(RATE, 0)).toBe(1);
    expect(minutes(RATE, 1000 * HOUR_MS)).toBe(60);
    expect(minutes(RATE, Infinity)).toBe(60);
  });

  test('of an undeclared client lasts an hour, as only a person ends it', () => {
    expect(minutes(UNDECLARED)).toBe(60);
    expect(minutes(UNDECLARED, MINUTE_MS)).toBe(60);
  });

  test.each([-5 * HOUR_MS, 5 * HOUR_MS])('keeps its length when the clock is set by %d ms', async (step) => {
    const clock = new ManualClock();
    const block = new Block(clock);
    block.start(RATE);
    clock.step(step);
    expect(block.until).toEqual(new Date(clock.now() + 10 * MINUTE_MS));
    await clock.advance(10 * MINUTE_MS - 1);
    expect(() => block.check()).toThrow('another 1 s');
    await clock.advance(1);
    expect(block.until).toBeNull();
    block.check();
  });

  test('is not cut short by another one', () => {
    const clock = new ManualClock();
    const block = new Block(clock);
    block.start(UNDECLARED);
    block.start(RATE, MINUTE_MS);
    expect(block.until).toEqual(new Date(clock.now() + HOUR_MS));
  });

  test('tells which answer began it, as long as it lasts', () => {
    const block = new Block(new ManualClock());
    block.start({ kind: 'rate', answer: 'HTTP 200 "Access Denied"' });
    expect(() => block.check()).toThrow('It answered HTTP 200 "Access Denied". No request is sent for another 600 s');
  });
});

describe('the header Retry-After', () => {
  const NOW = Date.UTC(2026, 0, 5, 14);
  const date = (offset: number): string => new Date(NOW + offset).toUTCString();
  const read = (headers: Record<string, string>): number | undefined => retryAfterMs(new Headers(headers), NOW);

  test.each([
    ['120', 120_000],
    [' 7 ', 7000],
    ['1.5', 1500],
    ['0', 0],
    [date(90_000), 90_000],
    ['Mon, 05-Jan-26 14:02:00 GMT', 120_000],
    ['2026-01-05T14:02:00Z', 120_000],
    [date(-90_000), 0],
    ['soon', undefined],
    ['May', undefined],
    ['-5', undefined],
    ['', undefined],
  ])('%j asks for %s ms', (text, ms) => {
    expect(read({ 'Retry-After': text })).toBe(ms);
  });

  test('may be missing', () => {
    expect(read({})).toBeUndefined();
  });

  test('is read by the date of the answer, as this clock may be wrong by hours', () => {
    expect(read({ 'Retry-After': date(5 * HOUR_MS + 30_000), Date: date(5 * HOUR_MS) })).toBe(30_000);
    expect(read({ 'Retry-After': date(-5 * HOUR_MS + 30_000), Date: date(-5 * HOUR_MS) })).toBe(30_000);
  });

  test('is read by this clock where the date of the answer makes no sense', () => {
    expect(read({ 'Retry-After': date(30_000), Date: date(20 * HOUR_MS) })).toBe(30_000);
    expect(read({ 'Retry-After': date(30_000), Date: 'yesterday' })).toBe(30_000);
  });
});
