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

const wrong = (options: object): string => {
  try {
    resolveDeliveryOptions(options);
    return '';
  } catch (error) {
    return String(error);
  }
};

test.each<[object, string]>([
  [
    { firstRun: 'all' },
    `firstRun must be 'mark', 'post', or a whole number from 0 on, the newest items to post, but is 'all'.`,
  ],
  [{ firstRun: true }, 'but is true.'],
  [{ firstRun: null }, 'but is null.'],
  [{ firstRun: -1 }, 'but is -1.'],
  [{ firstRun: 1.5 }, 'but is 1.5.'],
  [{ firstRun: '3' }, "but is '3'."],
  [{ onStoreError: 'ignore' }, `onStoreError must be 'deliver' or 'hold', but is 'ignore'.`],
  [{ publish: 'yes' }, "publish must be true or false, but is 'yes'."],
  [{ maxConcurrent: '3' }, "maxConcurrent must be a whole number above 0, but is '3'."],
  [{ orderWaitMs: '5' }, "orderWaitMs must be a whole number of milliseconds, 0 for none, but is '5'."],
  [{ flood: false }, 'flood takes an object of options, but got false. It has: share, minimum.'],
  [{ flood: { minimum: 10 } }, 'flood.share must be a number from 0 to 1, but is undefined.'],
  [{ flood: { share: 0.5, minimun: 10 } }, 'flood has no option minimun. It has: share, minimum.'],
  [{ adminChannelId: 'admins' }, "adminChannelId must be the id of a channel, a string of digits, but is 'admins'."],
  [{ pingRoleId: '@news' }, "pingRoleId must be the id of a role, a string of digits, but is '@news'."],
])('%o is refused with the value and what there is', (options, message) => {
  expect(wrong(options)).toContain(message);
});

test.each([
  ['firstrun', 'firstRun'],
  ['first_run', 'firstRun'],
  ['fristRun', 'firstRun'],
  ['firstRuns', 'firstRun'],
  ['onStoreEror', 'onStoreError'],
  ['adminChannelID', 'adminChannelId'],
  ['pingRoleIds', 'pingRoleId'],
  ['maxConcurent', 'maxConcurrent'],
  ['enrichmentbudget', 'enrichmentBudget'],
])('the option %s is refused, since %s is meant', (given, meant) => {
  expect(wrong({ [given]: 1 })).toContain(
    `A feed has no option ${given}: ${meant} is probably meant. It has: firstRun,`,
  );
  expect(wrong({ [given]: undefined })).toBe('');
});

test('options of Sapphire, and of the class of a bot, are left alone', () => {
  const sapphire = { name: 'news', event: 'news', once: false, emitter: 'ws', enabled: true, clock: {} };
  expect(wrong({ ...sapphire, channelId: '1', url: 'https://example.com', run: 1, floodLight: true, max: 3 })).toBe('');
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
