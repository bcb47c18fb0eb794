import type { Period } from '../port/reads.ts';

/** The whole numbers within a period: a clock may tell fractions of a millisecond, and a `bigint` takes none. */
export function wholePeriod({ since, until }: Period): Period {
  return { since: Math.ceil(since), until: Math.floor(until) };
}
