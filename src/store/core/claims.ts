import type { GrantTerms } from '../backend.ts';
import { defaultClaimOptions, type ClaimOptions, type Claims } from '../contract/claims.ts';
import { newOwner } from '../owner.ts';
import { claimLimit, itemRequests, leaseLength, retryTime } from './claim-input.ts';
import type { StoreContext } from './context.ts';
import { change } from './fenced-change.ts';
import { toClaim } from './items.ts';

/** The claim lifecycle. */
export function claims(context: StoreContext): Claims {
  const { writes } = context.backend;
  const owner = newOwner();
  const termsOf = (options: ClaimOptions): GrantTerms => ({
    feed: options.feed ?? defaultClaimOptions.feed,
    owner,
    leaseMs: leaseLength(options),
  });

  return {
    async claim(requests, options = {}) {
      const wanted = itemRequests(requests);
      const terms = termsOf(options);
      context.requireOpen('claim');
      if (wanted.length === 0) return [];
      const granted = await writes.claim(wanted, terms);
      return granted.map((item) => toClaim('claim', item));
    },

    async claimWaiting(options = {}) {
      const limit = claimLimit(options.limit);
      const terms = termsOf(options);
      context.requireOpen('claimWaiting');
      const granted = await writes.claimWaiting(limit, terms);
      return granted.map((item) => toClaim('claimWaiting', item));
    },

    async renew(owned, options = {}) {
      await change(context, owned, { kind: 'renew', leaseMs: leaseLength(options) });
    },

    async commit(owned) {
      await change(context, owned, { kind: 'commit' });
    },

    async release(owned, options = {}) {
      const { error = null } = options;
      await change(context, owned, { kind: 'release', error, retryAt: retryTime(options) });
    },

    async fail(owned, error) {
      await change(context, owned, { kind: 'fail', error });
    },
  };
}
