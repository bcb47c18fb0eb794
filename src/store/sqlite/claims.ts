import { claimLimit, leaseLength, retryTime, storedRequests } from '../core/claim-input.ts';
import {
  defaultClaimOptions,
  type Claim,
  type ClaimOptions,
  type ClaimRequest,
  type Claims,
  type ClaimWaitingOptions,
  type ReleaseOptions,
} from '../contract/claims.ts';
import { SeenClaimLostError, type LostClaim } from '../errors.ts';
import { newOwner } from '../core/owner.ts';
import { toClaim } from './item-rows.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer/client.ts';
import type { GrantRequest } from './writes/claims.ts';
import type { ClaimRef } from './writes/fence.ts';

/** The claim lifecycle. All of it writes; see `writes/claims.ts`. */
export class SqliteClaims implements Claims {
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #owner = newOwner();

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async claim(requests: readonly (string | ClaimRequest)[], options: ClaimOptions = {}): Promise<Claim[]> {
    const wanted = storedRequests(requests);
    const request = this.#grantRequest(options);
    if (this.#isNothing('claim', wanted)) return [];
    const granted = await this.#writer.call('claim', [wanted, request]);
    return granted.map(({ row, posts }) => toClaim(row, posts));
  }

  async claimWaiting(options: ClaimWaitingOptions = {}): Promise<Claim[]> {
    const granted = await this.#writer.call('claimWaiting', [claimLimit(options.limit), this.#grantRequest(options)]);
    return granted.map(({ row, posts }) => toClaim(row, posts));
  }

  async renew(claims: readonly Claim[], options: Pick<ClaimOptions, 'leaseMs'> = {}): Promise<void> {
    const leaseMs = leaseLength(options);
    if (this.#isNothing('renew', claims)) return;
    requireNoneLost('renew', await this.#writer.call('renew', [claims.map(toRef), leaseMs]));
  }

  async commit(claims: readonly Claim[]): Promise<void> {
    if (this.#isNothing('commit', claims)) return;
    requireNoneLost('commit', await this.#writer.call('commit', [claims.map(toRef)]));
  }

  async release(claims: readonly Claim[], options: ReleaseOptions = {}): Promise<void> {
    const { error = null } = options;
    const retryAt = retryTime(options);
    if (this.#isNothing('release', claims)) return;
    requireNoneLost('release', await this.#writer.call('release', [claims.map(toRef), error, retryAt]));
  }

  async fail(claims: readonly Claim[], error: string): Promise<void> {
    if (this.#isNothing('fail', claims)) return;
    requireNoneLost('fail', await this.#writer.call('fail', [claims.map(toRef), error]));
  }

  #isNothing(operation: string, batch: readonly unknown[]): boolean {
    this.#reader.requireOpen(operation);
    return batch.length === 0;
  }

  #grantRequest(options: ClaimOptions): GrantRequest {
    return { feed: options.feed ?? defaultClaimOptions.feed, owner: this.#owner, leaseMs: leaseLength(options) };
  }
}

/** What the writer needs of a claim; its payload stays here. */
export function toRef({ id, token }: Claim): ClaimRef {
  return { id, token };
}

/** @throws {SeenClaimLostError} with the evidence, once the others' change is committed. */
export function requireNoneLost(operation: string, lost: readonly LostClaim[]): void {
  if (lost.length > 0) throw new SeenClaimLostError(operation, lost);
}
