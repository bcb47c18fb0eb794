import type { Claims } from '../contract/claims.ts';
import { requireText } from './arguments.ts';
import { claimPlace, grantOptions, itemRequests, leaseLength, releaseTerms, waitingOptions } from './claim-input.ts';
import type { StoreContext } from './context.ts';
import { change } from './fenced-change.ts';
import { isDead } from '../owner.ts';
import { Granting } from './granting.ts';

/** The claim lifecycle. */
export function claims(context: StoreContext): Claims {
  const granting = new Granting(context);

  return {
    async claim(requests, options = {}) {
      const terms = grantOptions(options);
      const wanted = await itemRequests(requests);
      context.requireOpen('claim');
      return granting.claim(wanted, terms);
    },

    async claimWaiting(options = {}) {
      const { limit, ...terms } = waitingOptions(options);
      context.requireOpen('claimWaiting');
      return granting.claimWaiting(limit, terms);
    },

    async isBehindOtherOwner(claim) {
      const { feed, place } = claimPlace(claim);
      context.requireOpen('isBehindOtherOwner');
      const owners = await context.backend.reads.ownersBefore(feed, place, context.owner);
      return owners.some((owner) => !isDead(owner));
    },

    async renew(owned, options = {}) {
      await change(context, owned, { kind: 'renew', leaseMs: leaseLength(options) });
    },

    async commit(owned) {
      await change(context, owned, { kind: 'commit' });
    },

    async release(owned, options = {}) {
      await change(context, owned, { kind: 'release', ...releaseTerms(options) });
    },

    async fail(owned, error) {
      await change(context, owned, { kind: 'fail', error: requireText('error', error) });
    },
  };
}
