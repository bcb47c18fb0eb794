import type { Claim, ClaimRequest, Claims, Ledger, SeenStore } from '../src/store/index.ts';

/** Our design, and four that are broken on purpose: a check that cannot fail proves nothing. */
export const designs = ['ours', 'no-nonce', 'mark-after', 'mark-first', 'write-behind'] as const;

export type Design = (typeof designs)[number];

export interface DesignTraits {
  /** True if the requests ask Discord to recognise a repetition by its nonce. */
  readonly enforcesNonce: boolean;
  /** Returns the store that the delivery gets. */
  wrap(store: SeenStore): SeenStore;
}

export const traits: Readonly<Record<Design, DesignTraits>> = {
  ours: { enforcesNonce: true, wrap: (store) => store },
  'no-nonce': { enforcesNonce: false, wrap: (store) => store },
  'mark-after': { enforcesNonce: false, wrap: (store) => withoutClaims(store, 'commit') },
  'mark-first': { enforcesNonce: false, wrap: (store) => withoutClaims(store, 'claim') },
  'write-behind': { enforcesNonce: true, wrap: writeBehind },
};

/** The time by which a cache that writes behind is ahead of the database, in milliseconds. */
const BEHIND_MS = 100;

/** Acknowledges marks before they are written, as a cache does that writes behind. */
function writeBehind(store: SeenStore): SeenStore {
  return {
    ...store,
    markSeen: async (ids, ts) => {
      setTimeout(() => void store.markSeen(ids, ts).catch(() => undefined), BEHIND_MS);
    },
  };
}

/**
 * Reduces the store to the earlier designs, which check an id, work and mark it, or check, mark and work. They have
 * neither claims nor a ledger.
 */
function withoutClaims(store: SeenStore, markAt: 'claim' | 'commit'): SeenStore {
  const idsOf = (claims: readonly Claim[]): string[] => claims.map(({ id }) => id);
  const claims: Partial<Claims> = {
    claim: async (requests) => {
      const unseen = new Set(await store.filterUnseen(requests.map(idOf)));
      const granted = requests.filter((request) => unseen.has(idOf(request)));
      if (markAt === 'claim') await store.markSeen(granted.map(idOf));
      return granted.map(pretendedClaim);
    },
    claimWaiting: async () => [],
    renew: async () => undefined,
    release: async () => undefined,
    fail: async () => undefined,
    commit: async (done) => {
      await store.markSeen(idsOf(done));
    },
  };
  return { ...store, ...claims, ledger: { ...store.ledger, ...withoutMemory } };
}

const withoutMemory: Partial<Ledger> = {
  begin: async () => undefined,
  saveEnrichment: async () => undefined,
  saveIntent: async () => undefined,
  dropIntent: async () => undefined,
  savePost: async () => undefined,
  savePostFailure: async () => undefined,
};

function idOf(request: string | ClaimRequest): string {
  return typeof request === 'string' ? request : request.id;
}

function pretendedClaim(request: string | ClaimRequest): Claim {
  return { id: idOf(request), token: 0, feed: '', attempt: 1, payload: undefined, enrichment: undefined, posts: [] };
}
