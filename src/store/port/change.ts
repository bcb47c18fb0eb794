import type { Claim } from '../contract/claims.ts';

/** The name of a claim. */
export type ClaimRef = Pick<Claim, 'id' | 'token'>;

/** The changes that the owner of a claim may make, by name, with what each needs. */
interface ChangeFields {
  /** The lease ends `leaseMs` milliseconds from now. */
  renew: { readonly leaseMs: number };
  /** The item is marked as seen; its payload and enrichment are deleted. */
  commit: object;
  /** The item waits until `retryAt`. Without an error the attempt is given back. At most one of error and reason is given. */
  release: { readonly error: string | null; readonly reason: string | null; readonly retryAt: number | null };
  /** The item becomes a dead letter. */
  fail: { readonly error: string };
  /** The attempt counts from now on, should the owner die. */
  begin: object;
  /** @see Ledger.saveEnrichment */
  saveEnrichment: { readonly json: string };
  /** @see Ledger.saveIntent */
  saveIntent: {
    readonly channelId: string;
    /** Unix time in milliseconds. */
    readonly discordAt: number | null;
    readonly fingerprint: string | null;
  };
  /** @see Ledger.dropIntent */
  dropIntent: { readonly channelId: string };
  /** @see Ledger.savePost */
  savePost: { readonly channelId: string; readonly messageId: string | null };
  /** Changes nothing where the message is recorded for another item. */
  saveFoundPost: { readonly channelId: string; readonly messageId: string };
  /** @see Ledger.savePostFailure */
  savePostFailure: { readonly channelId: string; readonly error: string };
}

export type ChangeKind = keyof ChangeFields;

/** One fenced change. `kind` is the name of the contract's operation. */
export type Change<Kind extends ChangeKind = ChangeKind> = {
  [K in Kind]: { readonly kind: K } & ChangeFields[K];
}[Kind];
