import type { Claim, SeenStore } from '../../../src/store/index.ts';

/** Every way to end or keep a claim. A claim that is lost is refused by each. */
export const endings: readonly (readonly [string, (store: SeenStore, claims: readonly Claim[]) => Promise<void>])[] = [
  ['renew', (store, claims) => store.renew(claims)],
  ['commit', (store, claims) => store.commit(claims)],
  ['release', (store, claims) => store.release(claims)],
  ['release with an error', (store, claims) => store.release(claims, { error: 'late', retryAt: new Date(0) })],
  ['fail', (store, claims) => store.fail(claims, 'late')],
];
