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
  ['firstRun', { firstRun: -1 }],
  ['flood.share', { flood: { share: 1.5, minimum: 50 } }],
  ['flood.minimum', { flood: { share: 0.5, minimum: Number.NaN } }],
])('a value of %s that cannot work is refused, and the option is named', (name, options) => {
  expect(() => resolveDeliveryOptions(options)).toThrow(SeenConfigError);
  expect(() => resolveDeliveryOptions(options)).toThrow(name);
});

test('a first run may post the newest 0', () => {
  expect(resolveDeliveryOptions({ firstRun: 0 }).firstRun).toBe(0);
});

test('a channel may be one that is never given up', () => {
  expect(resolveDeliveryOptions({ giveUpChannelAfterMs: Infinity }).giveUpChannelAfterMs).toBe(Infinity);
});
