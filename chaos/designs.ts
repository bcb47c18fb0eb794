import type { Claim, ClaimRequest, Claims, Ledger, SeenStore } from '../src/store/index.ts';

/** Ours, and three that are broken on purpose: a harness that cannot fail proves nothing. */
export const designs = ['ours', 'no-nonce', 'mark-after', 'mark-first'] as const;

export type Design = (typeof designs)[number];

export interface DesignTraits {
  /** Whether Discord is asked to tell a repeated request from a new one. */
  readonly enforcesNonce: boolean;
  /** The store as the delivery sees it. */
  wrap(store: SeenStore): SeenStore;
}

export const traits: Readonly<Record<Design, DesignTraits>> = {
  ours: { enforcesNonce: true, wrap: (store) => store },
  'no-nonce': { enforcesNonce: false, wrap: (store) => store },
  'mark-after': { enforcesNonce: false, wrap: (store) => withoutClaims(store, 'commit') },
  'mark-first': { enforcesNonce: false, wrap: (store) => withoutClaims(store, 'claim') },
};

/** The earlier designs: look, work and mark, or look, mark and work. Nobody holds an item, and there is no ledger. */
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
  return withMembers(store, { ...claims, ledger: withMembers(store.ledger, forgetful) });
}

const forgetful: Partial<Ledger> = {
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

/** A class's private fields are out of reach for an object that merely inherits: its methods stay bound. */
function withMembers<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get: (object, name) => {
      const value: unknown = Reflect.get(name in members ? members : object, name);
      return typeof value === 'function' ? value.bind(object) : value;
    },
  });
}
