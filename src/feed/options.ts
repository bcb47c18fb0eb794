import { SeenConfigError } from '../store/errors.ts';
import { requireWholeNumber, withDefaults } from '../store/option-checks.ts';

/** The treatment of the items that a first run finds listed: mark all, post all, or post the newest N. */
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
  /** Items that are enriched and posted at the same time, at most. Default: 3. */
  readonly maxConcurrent?: number | undefined;
  /** Lease on a claimed item, in milliseconds. It is renewed while the item is worked on. Default: 60 000. */
  readonly leaseMs?: number | undefined;
  /** Attempts after which an item becomes a dead letter. Default: 10, which takes about three hours. */
  readonly maxAttempts?: number | undefined;
  /**
   * The flood breaker holds a batch until an admin decides when more than `share` of its items are new, and at least
   * `minimum` of them, although most items of the feed are usually known. Default: more than 0.5, and at least 50.
   */
  readonly flood?: { readonly share: number; readonly minimum: number } | undefined;
  /** The channel that the flood breaker asks in. Default: the first channel of the newest item. */
  readonly adminChannelId?: string | undefined;
}

/** The defaults of {@link DeliveryOptions}. */
export const defaultDeliveryOptions = {
  firstRun: 'mark',
  onStoreError: 'deliver',
  maxConcurrent: 3,
  leaseMs: 60_000,
  maxAttempts: 10,
  flood: { share: 0.5, minimum: 50 },
} as const satisfies DeliveryOptions;

/** Options that are complete and were checked. */
export type ResolvedDeliveryOptions = Pick<DeliveryOptions, 'adminChannelId'> & {
  readonly [Name in keyof typeof defaultDeliveryOptions]: Exclude<DeliveryOptions[Name], undefined>;
};

/** @throws {SeenConfigError} naming the option that cannot work. */
export function resolveDeliveryOptions(options: DeliveryOptions): ResolvedDeliveryOptions {
  const resolved: ResolvedDeliveryOptions = withDefaults(defaultDeliveryOptions, options);
  const { firstRun, flood } = resolved;
  for (const name of ['maxConcurrent', 'leaseMs', 'maxAttempts'] as const) requireWholeNumber(name, resolved[name]);
  if (typeof firstRun === 'number') requireWholeNumber('firstRun', firstRun + 1);
  requireWholeNumber('flood.minimum', flood.minimum);
  if (!(flood.share >= 0 && flood.share <= 1)) throw new SeenConfigError('flood.share must be from 0 to 1.');
  return Object.freeze(resolved);
}
