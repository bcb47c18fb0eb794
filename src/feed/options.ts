import { SeenConfigError } from '../store/errors.ts';
import { requireWholeNumber, withDefaults } from '../store/option-checks.ts';

/** What a first run on an empty store does with the items listed: marks all, posts all, or posts the newest N. */
export type FirstRun = 'mark' | 'post' | number;

/** What happens while the store cannot answer. `deliver` delivers at most once a process, `hold` waits. */
export type OnStoreError = 'deliver' | 'hold';

export interface DeliveryOptions {
  /** Default: `mark`. */
  readonly firstRun?: FirstRun;
  /** Default: `deliver`, as the earlier store did. */
  readonly onStoreError?: OnStoreError;
  /** Items enriched and posted at the same time. Default: 3. */
  readonly maxConcurrent?: number;
  /** Lease on a claimed item, renewed while it is worked on, in milliseconds. Default: 60 000. */
  readonly leaseMs?: number;
  /** Attempts after which an item becomes a dead letter. Default: 10, which takes about three hours. */
  readonly maxAttempts?: number;
  /**
   * The flood breaker: more than `share` of the items new, and at least `minimum` of them, in a feed that has usually
   * been seen, are kept back until an admin decides. Default: more than 0.5 and at least 50.
   */
  readonly flood?: { readonly share: number; readonly minimum: number };
  /** Where the flood breaker asks. Default: the first channel of the newest item. */
  readonly adminChannelId?: string;
}

export const defaultDeliveryOptions = {
  firstRun: 'mark',
  onStoreError: 'deliver',
  maxConcurrent: 3,
  leaseMs: 60_000,
  maxAttempts: 10,
  flood: { share: 0.5, minimum: 50 },
} as const satisfies DeliveryOptions;

export type ResolvedDeliveryOptions = Readonly<
  Required<Omit<DeliveryOptions, 'adminChannelId'>> & Pick<DeliveryOptions, 'adminChannelId'>
>;

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
