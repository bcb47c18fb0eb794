import type { EnrichmentCost } from '../../store/contract/spending.ts';
import { reasonOf } from '../../store/errors.ts';
import type { EnrichmentMeter } from '../feed.ts';

/** A cost, with every part of it. */
export type Cost = { readonly [Name in keyof EnrichmentCost]-?: number };

/** Beyond this, a number is a mistake: a time, for example. */
const MOST = 1_000_000_000;

/** The meter of one enrichment. */
export class CostMeter implements EnrichmentMeter {
  readonly #onRefused: (reason: string) => void;
  /** Undefined until somebody says how many there were. */
  #requests: number | undefined;
  #tokens = 0;

  /** @param onRefused Called with the reason when something is added that cannot be a cost. */
  constructor(onRefused: (reason: string) => void) {
    this.#onRefused = onRefused;
  }

  /** The cost so far. */
  get cost(): Cost {
    return { requests: this.#requests ?? 1, tokens: this.#tokens };
  }

  /** Bound to the meter, so that a feed may hand it on alone. */
  readonly add = (cost: EnrichmentCost): void => {
    try {
      const [requests, tokens] = [readAmount('requests', cost), readAmount('tokens', cost)];
      if (requests !== undefined) this.#requests = (this.#requests ?? 0) + requests;
      this.#tokens += tokens ?? 0;
    } catch (error) {
      this.#onRefused(reasonOf(error));
    }
  };
}

function readAmount(name: keyof EnrichmentCost, cost: EnrichmentCost): number | undefined {
  const { [name]: amount } = cost;
  if (amount === undefined) return undefined;
  if (Number.isSafeInteger(amount) && amount >= 0 && amount <= MOST) return amount;
  const given = typeof amount === 'number' ? String(amount) : `of type ${typeof amount}`;
  throw new RangeError(`${name} must be a whole number from 0 to ${MOST.toLocaleString('en')}, but is ${given}.`);
}
