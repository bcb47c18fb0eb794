import type { ClaimRef } from '../port/change.ts';
import type { Grant, GrantTerms, ItemRequest } from '../port/writes.ts';
import type { Claim } from '../contract/claims.ts';
import { reasonOf, SeenStoreError } from '../errors.ts';
import { partsOf, TURN_SIZE } from '../turns.ts';
import type { GrantOptions } from './claim-input.ts';
import type { StoreContext } from './context.ts';
import { toClaim } from './items.ts';
import { LOSS_RETENTION_MS } from './retention.ts';

/**
 * Grants claims a part after the other, so that no batch stalls the event loop or keeps the write lock for long.
 *
 * It remembers the highest token that it was given: the next one is above it, also in a file that stands in for another.
 */
export class Granting {
  readonly #context: StoreContext;
  #highestToken = 0;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  claim(requests: readonly ItemRequest[], options: GrantOptions): Promise<Claim[]> {
    return this.#collect('claim', this.#grantRequested(requests, options));
  }

  claimWaiting(limit: number, options: GrantOptions): Promise<Claim[]> {
    return this.#collect('claimWaiting', this.#grantWaiting(limit, options));
  }

  async *#grantRequested(requests: readonly ItemRequest[], options: GrantOptions): AsyncGenerator<Grant> {
    const { writes } = this.#context.backend;
    for (const part of partsOf(requests)) yield writes.claim(part, this.#terms(options));
  }

  async *#grantWaiting(limit: number, options: GrantOptions): AsyncGenerator<Grant> {
    const { writes } = this.#context.backend;
    for (let left = limit; left > 0; left -= TURN_SIZE) {
      const most = Math.min(left, TURN_SIZE);
      const granted = await writes.claimWaiting(most, this.#terms(options));
      yield granted;
      if (granted.items.length < most) return;
    }
  }

  #terms(options: GrantOptions): GrantTerms {
    const { owner } = this.#context;
    return { ...options, owner, tokenAfter: this.#highestToken, keepLossesMs: LOSS_RETENTION_MS };
  }

  /** A part that fails takes the ones before it with it: their claims would reach nobody. */
  async #collect(operation: 'claim' | 'claimWaiting', grants: AsyncGenerator<Grant>): Promise<Claim[]> {
    const granted: ClaimRef[] = [];
    const claims: Claim[] = [];
    try {
      for await (const { items, losses } of grants) {
        granted.push(...items.map(({ row: { id, token } }) => ({ id, token })));
        this.#highestToken = Math.max(this.#highestToken, ...items.map(({ row }) => row.token));
        claims.push(...items.map((item) => toClaim(operation, item, losses)));
      }
      return claims;
    } catch (error) {
      await this.#giveBack(operation, granted, error);
      throw error;
    }
  }

  /**
   * Releases what was granted before `failure`. A store that closes cannot; then the leases run out.
   *
   * @throws {SeenStoreError} with both errors, when the release fails as well.
   */
  async #giveBack(operation: 'claim' | 'claimWaiting', granted: readonly ClaimRef[], failure: unknown): Promise<void> {
    const { backend, owner, closing } = this.#context;
    if (closing.aborted) return;
    try {
      for (const part of partsOf(granted)) {
        await backend.writes.change(part, owner, { kind: 'release', error: null, reason: null, retryAt: null });
      }
    } catch (error) {
      const message =
        `${reasonOf(failure)} Nor could the ${granted.length} items that had been claimed before be released; ` +
        `nobody gets them until their leases run out: ${reasonOf(error)}`;
      throw new SeenStoreError(operation, message, { cause: new AggregateError([failure, error], message) });
    }
  }
}
