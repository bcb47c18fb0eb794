import type { Fault } from '../../local/edgar/index.ts';
import type { Random } from '../../local/random.ts';

/** A crawl of which every request goes wrong. */
export interface Outage {
  /** The poll, from 0. */
  readonly poll: number;
  /** The answer to the requests for the first page. */
  readonly first: Fault;
  /** The answer to all others. */
  readonly others: Fault;
}

const ANSWERS: readonly (readonly [Pick<Outage, 'first' | 'others'>, number])[] = [
  [{ first: 'empty', others: 'empty' }, 2],
  [{ first: 'empty', others: 'unavailable' }, 2],
  [{ first: 'empty', others: 'hang' }, 1],
  [{ first: 'unavailable', others: 'unavailable' }, 3],
  [{ first: 'hang', others: 'hang' }, 2],
  [{ first: 'rate', others: 'rate' }, 2],
];

/**
 * Plans an outage for every other run. None answers the first crawl with empty pages alone: nobody could tell that from a
 * feed without rows.
 */
export function planOutage(random: Random, { polls }: { readonly polls: number }): Outage | undefined {
  if (random.chance(0.5)) return undefined;
  const poll = random.between(0, polls - 1);
  const possible = ANSWERS.filter(([{ others }]) => others !== 'empty' || poll > 0);
  return { poll, ...random.weighted(possible) };
}

/** The answer to a request of a crawl that the outage has hit. */
export function answerIn({ first, others }: Outage, { start }: { readonly start: number }): Fault {
  return start === 0 ? first : others;
}
