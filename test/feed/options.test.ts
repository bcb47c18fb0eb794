import { expect, test } from 'vitest';

import { defaultDeliveryOptions, resolveDeliveryOptions, type DeliveryOptions } from '../../src/feed/options.ts';
import { SeenConfigError } from '../../src/store/index.ts';

test('an option that is left out or undefined has its default', () => {
  expect(resolveDeliveryOptions({ maxConcurrent: 5, leaseMs: undefined })).toEqual({
    ...defaultDeliveryOptions,
    maxConcurrent: 5,
  });
});

test.each<[string, DeliveryOptions]>([
  ['maxConcurrent', { maxConcurrent: 0 }],
  ['leaseMs', { leaseMs: Number.NaN }],
  ['maxAttempts', { maxAttempts: 1.5 }],
  ['incidentAfterMs', { incidentAfterMs: 0 }],
  ['giveUpChannelAfterMs', { giveUpChannelAfterMs: -Infinity }],
  ['giveUpChannelAfterMs', { giveUpChannelAfterMs: 0 }],
  ['enrichWithinMs', { enrichWithinMs: 0 }],
  ['enrichWithinMs', { enrichWithinMs: Number.NaN }],
  ['editLate', { editLate: 'no' as unknown as boolean }],
  ['firstRun', { firstRun: -1 }],
  ['flood.share', { flood: { share: 1.5, minimum: 50 } }],
  ['flood.minimum', { flood: { share: 0.5, minimum: Number.NaN } }],
  ['enrichmentBudget', { enrichmentBudget: {} }],
  ['enrichmentBudget', { enrichmentBudget: null as never }],
  ['enrichmentBudget', { enrichmentBudget: 200 as never }],
  ['enrichmentBudget', { enrichmentBudget: { requests: undefined, tokens: undefined } }],
  ['enrichmentBudget', { enrichmentBudget: { requests: 5, token: 5 } as never }],
  ['enrichmentBudget.requests', { enrichmentBudget: { requests: 0 } }],
  ['enrichmentBudget.tokens', { enrichmentBudget: { requests: 5, tokens: 1.5 } }],
  ['enrichmentBudget.tokens', { enrichmentBudget: { tokens: '500' as never } }],
])('a value of %s that cannot work is refused, and the option is named', (name, options) => {
  expect(() => resolveDeliveryOptions(options)).toThrow(SeenConfigError);
  expect(() => resolveDeliveryOptions(options)).toThrow(name);
});

test('a first run may post the newest 0', () => {
  expect(resolveDeliveryOptions({ firstRun: 0 }).firstRun).toBe(0);
});

test('a budget may name requests, tokens or both', () => {
  for (const enrichmentBudget of [{ requests: 1 }, { tokens: 5, requests: undefined }, { requests: 1, tokens: 5 }])
    expect(resolveDeliveryOptions({ enrichmentBudget })).toMatchObject({ enrichmentBudget });
});

test('an item may wait for its enrichment without end', () => {
  expect(resolveDeliveryOptions({ enrichWithinMs: Infinity }).enrichWithinMs).toBe(Infinity);
});

test('a channel may be one that is never given up', () => {
  expect(resolveDeliveryOptions({ giveUpChannelAfterMs: Infinity }).giveUpChannelAfterMs).toBe(Infinity);
});
