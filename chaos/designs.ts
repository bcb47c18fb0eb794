import type { Claim, ClaimRequest, Claims, Leadership, Ledger, SeenStore, Term } from '../src/store/index.ts';
import { ORDER_WAIT_MS } from './order-wait.ts';

/** Our design, and eight that are broken on purpose: a check that cannot fail proves nothing. */
export const designs = [
  'ours',
  'no-nonce',
  'no-order',
  'no-lead',
  'machine-clock',
  'mark-after',
  'mark-first',
  'write-behind',
  'naive-crawl',
] as const;

export type Design = (typeof designs)[number];

export interface DesignTraits {
  /** True if the requests ask Discord to recognise a repetition by its nonce. */
  readonly enforcesNonce: boolean;
  /** False if the machine's clock is taken for Discord's. */
  readonly knowsDiscordTime: boolean;
  /** The option of this name. */
  readonly orderWaitMs: number;
  /** Returns the store that the delivery gets. */
  wrap(store: SeenStore): SeenStore;
}

const ours: DesignTraits = {
  enforcesNonce: true,
  knowsDiscordTime: true,
  orderWaitMs: ORDER_WAIT_MS,
  wrap: (store) => store,
};

export const traits: Readonly<Record<Design, DesignTraits>> = {
  ours,
  'no-nonce': { ...ours, enforcesNonce: false },
  'no-order': { ...ours, orderWaitMs: 0 },
  'no-lead': { ...ours, wrap: electingItself },
  'machine-clock': { ...ours, knowsDiscordTime: false },
  'mark-after': { ...ours, enforcesNonce: false, wrap: (store) => withoutClaims(store, 'commit') },
  'mark-first': { ...ours, enforcesNonce: false, wrap: (store) => withoutClaims(store, 'claim') },
  'write-behind': { ...ours, wrap: writeBehind },
  // Broken in the feed faults alone: see feed-faults/designs.ts.
  'naive-crawl': ours,
};

/** Lets every client elect itself, so that all of them poll. */
function electingItself(store: SeenStore): SeenStore {
  const leadership: Leadership = {
    ...store.leadership,
    campaign: async (name, { leaseMs = 1 } = {}): Promise<Term> => {
      return { name, leader: 'myself', number: Date.now(), electedAt: new Date(), leaseMs };
    },
    renew: async () => undefined,
    resign: async () => undefined,
  };
  return { ...store, leadership };
}

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
  return {
    id: idOf(request),
    token: 0,
    feed: '',
    place: { token: 0, index: 0 },
    attempt: 1,
    payload: undefined,
    firstClaimedAt: new Date(),
    lastError: null,
    enrichment: undefined,
    posts: [],
    uncertainty: null,
  };
}

/** Returns false for the designs that have no ledger, where an item is finished once it is seen. */
export function keepsLedger(design: Design): boolean {
  return design !== 'mark-after' && design !== 'mark-first';
}
