import * as fc from 'fast-check';

import { HOUR_MS, MINUTE_MS } from '../../support/times.ts';

export const ids = ['a', 'b', 'c'] as const;

/** One step. `by` is the store that takes it; `picks` choose among all claims that were ever granted, live or not. */
export type Operation =
  | { readonly do: 'claim'; readonly by: number; readonly ids: readonly string[]; readonly leaseMs: number }
  | { readonly do: 'race'; readonly ids: readonly string[]; readonly leaseMs: number }
  | { readonly do: 'claimWaiting'; readonly by: number; readonly limit: number; readonly leaseMs: number }
  | { readonly do: 'renew'; readonly by: number; readonly picks: readonly number[]; readonly leaseMs: number }
  | { readonly do: 'commit'; readonly by: number; readonly picks: readonly number[] }
  | {
      readonly do: 'release';
      readonly by: number;
      readonly picks: readonly number[];
      readonly why: 'error' | 'reason' | undefined;
      readonly retryInMs: number | undefined;
    }
  | { readonly do: 'fail'; readonly by: number; readonly picks: readonly number[] }
  | { readonly do: 'post'; readonly by: number; readonly pick: number }
  | { readonly do: 'retry'; readonly by: number; readonly ids: readonly string[] }
  | { readonly do: 'markSeen'; readonly by: number; readonly ids: readonly string[] }
  | { readonly do: 'purge'; readonly by: number; readonly ageMs: number }
  | { readonly do: 'crash'; readonly by: number }
  | { readonly do: 'wait'; readonly ms: number };

const by = fc.nat(1);
const some = fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 });
/** Small, so that shrinking leads to the latest claim. */
const pick = fc.nat(5);
const picks = fc.array(pick, { minLength: 1, maxLength: 3 });
/** Lengths that meet: a lease runs out, and a retry is due, at the very moment of a look. */
const ms = fc.constantFrom(1, 999, 1_000, MINUTE_MS, HOUR_MS);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('claim' as const), by, ids: some, leaseMs: ms }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('race' as const), ids: some, leaseMs: ms }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('claimWaiting' as const),
      by,
      limit: fc.integer({ min: 1, max: 3 }),
      leaseMs: ms,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('renew' as const), by, picks, leaseMs: ms }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('commit' as const), by, picks }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      by,
      picks,
      why: fc.constantFrom('error', 'reason', undefined),
      retryInMs: fc.option(ms, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), by, picks }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('post' as const), by, pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), by, ids: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('markSeen' as const), by, ids: some }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('purge' as const), by, ageMs: fc.constantFrom(-1_000, 0, HOUR_MS) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), by }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const), ms }) },
);

export const operations = fc.array(operation, { minLength: 1, maxLength: 40, size: 'max' });
