import type { MessageMentionOptions } from 'discord.js';

import { DAY_MS } from '../store/clock.ts';
import type { EnrichmentBudget } from '../store/contract/spending.ts';
import { SeenConfigError } from '../store/errors.ts';
import { requireKnownOptions, requireWholeNumber, shown, withDefaults } from '../store/option-checks.ts';
import { isRoleId, mentionsProblem } from './mentions.ts';
import { refuseNearMisses } from './near-misses.ts';

/**
 * The treatment of the items that a first run finds listed: mark all, post all, or post the newest N. A feed has a first
 * run on an empty store, and for categories that are new to it: see {@link Feed.categories}.
 */
export type FirstRun = 'mark' | 'post' | number;

/**
 * The treatment of items that appear while the store fails. With `deliver` they are delivered, at most once per
 * process; with `hold` they wait until the store is back.
 */
export type OnStoreError = 'deliver' | 'hold';

/** Options of a feed's delivery. */
export interface DeliveryOptions {
  /** The treatment of the items that a first run finds listed. Default: `mark`. */
  readonly firstRun?: FirstRun | undefined;
  /** The treatment of items that appear while the store fails. Default: `deliver`, as in the earlier bot. */
  readonly onStoreError?: OnStoreError | undefined;
  /**
   * Items that are enriched and posted at the same time, at most. One that is ready, and waits for a slower one before it,
   * does not count. Default: 3.
   */
  readonly maxConcurrent?: number | undefined;
  /**
   * Longest time in milliseconds that an item which is ready waits for those before it; 0 for no waiting. The posts keep
   * the order of the feed, unless an item takes that much longer than its successors. An item that fails holds up none of
   * them, a channel that takes no posts holds up all. Of a backlog, the order is kept among 5000 items. Default: 30 000.
   */
  readonly orderWaitMs?: number | undefined;
  /**
   * Publishes the posts of announcement channels to the channels that follow them. Discord allows 10 an hour and channel:
   * the others are published later, while the process lives. Default: false.
   */
  readonly publish?: boolean | undefined;
  /**
   * Time in milliseconds that an item may wait for its enrichment, from the moment at which it was listed and over all its
   * attempts; `Infinity` for as long as it takes. Then it is posted without. Default: 60 000.
   */
  readonly enrichWithinMs?: number | undefined;
  /**
   * Edits a post, once, when its enrichment comes after `enrichWithinMs`. Such an enrichment goes on for at most ten times
   * as long, while the process lives. Default: false, and it is aborted.
   */
  readonly editLate?: boolean | undefined;
  /**
   * The most that enrichment may cost in a day, from midnight to midnight UTC: requests, tokens, or both. From then on
   * items are posted without. It holds for all processes that have the store open, and is passed by no more than what was
   * under way. Default: no limit.
   */
  readonly enrichmentBudget?: EnrichmentBudget | undefined;
  /** Lease on a claimed item, in milliseconds. It is renewed while the item is worked on. Default: 60 000. */
  readonly leaseMs?: number | undefined;
  /**
   * Attempts after which an item becomes a dead letter. Only failures of the item's own count: a message that Discord does
   * not take, or code of the feed that throws. An enrichment that fails uses up none: the item is posted without. Default:
   * 10, which takes about three hours.
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Time in milliseconds after which a channel is given up that takes no posts, because it is gone or the bot may not post
   * there; `Infinity` for never. Until then its items wait; from then on they become dead letters, and the channel is
   * tried once an hour. Only refusals count, no outage. Default: 259 200 000, three days.
   */
  readonly giveUpChannelAfterMs?: number | undefined;
  /**
   * The flood breaker holds a batch until an admin decides when more than `share` of its items are new, and at least
   * `minimum` of them, although most items of the feed are usually known. Default: more than 0.5, and at least 50.
   */
  readonly flood?: { readonly share: number; readonly minimum: number } | undefined;
  /**
   * The channel that the flood breaker asks in, and in which admins are told when something fails for long, and when it
   * works again. Default: the flood breaker asks in the first channel of the newest item that has one, and incidents are
   * only logged. A question that cannot be asked in this channel is asked there as well, once for each batch.
   */
  readonly adminChannelId?: string | undefined;
  /**
   * The people that the posts may ping, unless `message` says it itself. Default: the client's `allowedMentions`, and
   * without those nobody.
   */
  readonly allowedMentions?: MessageMentionOptions | undefined;
  /**
   * The id of a role that each post pings: the mention comes before its text, and nobody else is pinged unless `message`
   * or `allowedMentions` says so. The role must be mentionable by the bot. Default: none.
   */
  readonly pingRoleId?: string | undefined;
  /** The time for which something must have failed until admins are told, in milliseconds. Default: 600 000. */
  readonly incidentAfterMs?: number | undefined;
}

/** The defaults of {@link DeliveryOptions}. */
export const defaultDeliveryOptions = {
  firstRun: 'mark',
  onStoreError: 'deliver',
  maxConcurrent: 3,
  orderWaitMs: 30_000,
  publish: false,
  enrichWithinMs: 60_000,
  editLate: false,
  leaseMs: 60_000,
  maxAttempts: 10,
  giveUpChannelAfterMs: 3 * DAY_MS,
  flood: { share: 0.5, minimum: 50 },
  incidentAfterMs: 600_000,
} as const satisfies DeliveryOptions;

/** The names of all options of the delivery. */
const names = [
  ...Object.keys(defaultDeliveryOptions),
  'enrichmentBudget',
  'adminChannelId',
  'allowedMentions',
  'pingRoleId',
] satisfies readonly string[];

/** Options that a listener has besides: Sapphire's, and the clock. */
const namesOfListener = ['name', 'enabled', 'event', 'emitter', 'once', 'clock'];

const wholeNumbers = ['maxConcurrent', 'leaseMs', 'maxAttempts', 'incidentAfterMs'] as const;

/** Options that are complete and were checked. */
export type ResolvedDeliveryOptions = Pick<
  DeliveryOptions,
  'adminChannelId' | 'allowedMentions' | 'enrichmentBudget' | 'pingRoleId'
> & {
  readonly [Name in keyof typeof defaultDeliveryOptions]: Exclude<DeliveryOptions[Name], undefined>;
};

/** @throws {SeenConfigError} naming the option that cannot work. */
export function resolveDeliveryOptions(options: DeliveryOptions): ResolvedDeliveryOptions {
  const resolved: ResolvedDeliveryOptions = withDefaults(defaultDeliveryOptions, options);
  refuseNearMisses(options, names, namesOfListener);
  for (const name of wholeNumbers) requireWholeNumber(name, resolved[name]);
  requirePolicies(resolved);
  for (const name of ['giveUpChannelAfterMs', 'enrichWithinMs'] as const)
    if (resolved[name] !== Infinity) requireWholeNumber(name, resolved[name]);
  requireMilliseconds('orderWaitMs', resolved.orderWaitMs);
  for (const name of ['publish', 'editLate'] as const)
    if (typeof resolved[name] !== 'boolean')
      throw new SeenConfigError(`${name} must be true or false, but is ${shown(resolved[name])}.`);
  requireFlood(resolved);
  requireBudget(resolved);
  requireMentions(resolved);
  requireAdminChannel(resolved);
  return Object.freeze(resolved);
}

/** A first run cannot be made again: a word that does not exist must not pass for one that does. */
function requirePolicies({ firstRun, onStoreError }: Pick<ResolvedDeliveryOptions, 'firstRun' | 'onStoreError'>): void {
  const isNumber = Number.isSafeInteger(firstRun) && Number(firstRun) >= 0;
  if (typeof firstRun === 'number' ? !isNumber : firstRun !== 'mark' && firstRun !== 'post')
    throw new SeenConfigError(
      `firstRun must be 'mark', 'post', or a whole number from 0 on, the newest items to post, but is ${shown(firstRun)}.`,
    );
  if (onStoreError !== 'deliver' && onStoreError !== 'hold')
    throw new SeenConfigError(`onStoreError must be 'deliver' or 'hold', but is ${shown(onStoreError)}.`);
}

function requireFlood({ flood }: Pick<ResolvedDeliveryOptions, 'flood'>): void {
  requireKnownOptions('flood', flood, ['share', 'minimum']);
  requireWholeNumber('flood.minimum', flood.minimum);
  const { share } = flood;
  if (typeof share !== 'number' || !(share >= 0 && share <= 1))
    throw new SeenConfigError(`flood.share must be a number from 0 to 1, but is ${shown(share)}.`);
}

/** Otherwise it would be noticed at the first incident, which could not be told. */
function requireAdminChannel({ adminChannelId: id }: Pick<ResolvedDeliveryOptions, 'adminChannelId'>): void {
  if (id === undefined || (typeof id === 'string' && /^\d{1,20}$/.test(id))) return;
  throw new SeenConfigError(`adminChannelId must be the id of a channel, a string of digits, but is ${shown(id)}.`);
}

/** @throws {SeenConfigError} naming the option. */
function requireMilliseconds(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new SeenConfigError(`${name} must be a whole number of milliseconds, 0 for none, but is ${shown(value)}.`);
}

/** A misspelt name must not leave enrichment without a limit. */
function requireBudget({ enrichmentBudget: budget }: ResolvedDeliveryOptions): void {
  if (budget === undefined) return;
  const caps = typeof budget === 'object' && budget !== null ? Object.entries(budget) : [];
  const given = caps.filter(([, cap]) => cap !== undefined);
  if (given.length === 0 || given.some(([name]) => name !== 'requests' && name !== 'tokens'))
    throw new SeenConfigError('enrichmentBudget must be { requests }, { tokens } or both, as numbers a day.');
  for (const [name, cap] of given) requireWholeNumber(`enrichmentBudget.${name}`, cap);
}

function requireMentions({ allowedMentions, pingRoleId }: ResolvedDeliveryOptions): void {
  const problem = allowedMentions === undefined ? undefined : mentionsProblem('allowedMentions', allowedMentions);
  if (problem !== undefined) throw new SeenConfigError(problem);
  if (pingRoleId !== undefined && !isRoleId(pingRoleId))
    throw new SeenConfigError(`pingRoleId must be the id of a role, a string of digits, but is ${shown(pingRoleId)}.`);
}
