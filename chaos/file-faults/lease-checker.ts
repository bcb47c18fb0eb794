import type { Kill } from './fault-actions.ts';
import { acknowledged, describe, isAcknowledged, type Acknowledged, type Operation } from './operations.ts';
import { LEASE_MS, type Granted } from './protocol.ts';

/** Broken promises about claims, as lines that name the item, the clients and the times. */
export interface LeaseViolations {
  /** Items that two clients committed, both acknowledged. */
  readonly committedTwice: readonly string[];
  /** Items that were granted while another client still had a live lease. */
  readonly grantedTwice: readonly string[];
  /** Items that were granted after their commit was acknowledged. */
  readonly grantedAfterCommit: readonly string[];
  /** Renewals and commits that were accepted although the item had passed to another client. */
  readonly unfenced: readonly string[];
  /** Changes that were refused although the claim had not ended, and nobody else can have got the item. */
  readonly lostClaims: readonly string[];
  /** Tokens that were given to two claims, or that are lower than an earlier one. */
  readonly tokens: readonly string[];
}

export interface LeaseEvidence {
  readonly operations: readonly Operation[];
  /** The operations that no replacement may have undone. */
  readonly kept: readonly Operation[];
  readonly kills: readonly Kill[];
}

/** One item of one claim, with everything that was done with it. */
interface Grant extends Granted {
  readonly claim: Acknowledged;
  /** Its renewals, commits and releases, whatever the answer. */
  readonly changes: readonly Operation[];
}

/** The store's clock counts whole milliseconds, and the end of a lease is rounded down twice. */
const ROUNDING_MS = 2;

export function findLeaseViolations(evidence: LeaseEvidence): LeaseViolations {
  const checker = new LeaseChecker(evidence);
  const grants = checker.grants;
  return {
    committedTwice: checker.committedTwice(),
    grantedTwice: grants.flatMap((grant) => checker.overlapsOf(grant)),
    grantedAfterCommit: grants.flatMap((grant) => checker.commitsBefore(grant)),
    unfenced: grants.flatMap((grant) => checker.changesAfterLossOf(grant)),
    lostClaims: grants.flatMap((grant) => checker.refusalsWithoutReasonOf(grant)),
    tokens: tokenViolations(evidence.operations),
  };
}

class LeaseChecker {
  readonly grants: readonly Grant[];
  readonly #kept: ReadonlySet<Operation>;
  readonly #kills: ReadonlyMap<string, number>;
  readonly #grantsOf: ReadonlyMap<string, readonly Grant[]>;
  readonly #commitsOf: ReadonlyMap<string, readonly Acknowledged[]>;
  readonly #claims: readonly Operation[];

  constructor({ operations, kept, kills }: LeaseEvidence) {
    this.#kept = new Set(kept);
    this.#kills = new Map(kills.map(({ client, at }) => [client, at]));
    this.grants = grantsIn(operations);
    this.#grantsOf = Map.groupBy(this.grants, ({ id }) => id);
    this.#commitsOf = Map.groupBy(acknowledged(kept, 'commit'), ({ ids }) => ids.join());
    this.#claims = operations.filter(({ kind }) => kind === 'claim');
  }

  committedTwice(): string[] {
    return [...this.#commitsOf].flatMap(([id, commits]) => {
      const owners = new Map(commits.map((commit) => [`${commit.client} ${commit.token}`, commit]));
      return owners.size > 1 ? [`${id}: ${[...owners.values()].map(describe).join(', ')}`] : [];
    });
  }

  /** Later grants of the same item, made while this one was live for certain. */
  overlapsOf(grant: Grant): string[] {
    const lease = this.#lastLeaseOf(grant);
    if (lease === undefined) return [];
    return this.#laterGrants(grant)
      .filter(({ claim }) => claim.answer.at < endOf(lease) && !this.#mayHaveEnded(grant, claim.answer.at))
      .map(({ claim }) => `${grant.id}: ${describe(claim)}, during the lease of ${describe(lease)}`);
  }

  commitsBefore({ id, claim }: Grant): string[] {
    return (this.#commitsOf.get(id) ?? [])
      .filter((commit) => commit.answer.at < claim.invokedAt)
      .map((commit) => `${id}: ${describe(claim)}, after ${describe(commit)}`);
  }

  /** The fence: whoever has lost an item, changes it no more. */
  changesAfterLossOf(grant: Grant): string[] {
    const [next] = this.#laterGrants(grant);
    if (next === undefined) return [];
    return grant.changes
      .filter((change) => isAcknowledged(change) && change.invokedAt > next.claim.answer.at)
      .map((change) => `${grant.id}: ${describe(change)}, after ${describe(next.claim)}`);
  }

  /**
   * A release may have taken effect and be refused: made anew in a file that was restored, it finds the claim ended.
   */
  refusalsWithoutReasonOf(grant: Grant): string[] {
    if (!this.#kept.has(grant.claim)) return [];
    return grant.changes
      .filter((change) => change.kind !== 'release' && isFencedOff(change) && !this.#isExplained(change, grant))
      .map((change) => `${grant.id}: ${describe(change)} was refused, though granted by ${describe(grant.claim)}`);
  }

  /**
   * Once the lease may have run out, whoever asked for the item may have got it, even if the answer does not say so: a
   * claim that the store made twice, because its file was replaced meanwhile, may have been granted by the first
   * attempt.
   */
  #isExplained(refused: Operation, grant: Grant): boolean {
    const { id, token, claim, changes } = grant;
    const before = refused.answer?.at ?? Infinity;
    const lease = this.#lastLeaseOf(grant);
    const mayHaveGot = (other: Operation): boolean =>
      other !== claim &&
      (other.ids.length === 0 || other.ids.includes(id)) &&
      other.invokedAt < before &&
      (other.answer?.at ?? Infinity) > (lease === undefined ? claim.invokedAt : endOf(lease));
    return (
      changes.some((other) => isSettlement(other) && other.invokedAt < refused.invokedAt) ||
      (this.#grantsOf.get(id) ?? []).some((other) => other.token > token && other.claim.invokedAt < before) ||
      this.#claims.some(mayHaveGot)
    );
  }

  /** The claim or renewal that the item was last leased by, of those that no replacement may have undone. */
  #lastLeaseOf({ claim, changes }: Grant): Acknowledged | undefined {
    return [claim, ...changes.filter(isRenewal)].findLast((one) => this.#kept.has(one));
  }

  /** A process that was killed no longer has a lease, and a settlement ends one even if its answer got lost. */
  #mayHaveEnded({ claim, changes }: Grant, before: number): boolean {
    const killedAt = this.#kills.get(claim.client) ?? Infinity;
    return killedAt <= before || changes.some((change) => isSettlement(change) && change.invokedAt <= before);
  }

  /** The later grants of the item that no replacement may have undone, by token. */
  #laterGrants({ id, token }: Grant): Grant[] {
    const later = (this.#grantsOf.get(id) ?? []).filter((other) => other.token > token && this.#kept.has(other.claim));
    return later.toSorted((a, b) => a.token - b.token);
  }
}

function grantsIn(operations: readonly Operation[]): Grant[] {
  const changes = Map.groupBy(operations, ({ client, ids, token }) => `${client} ${token} ${ids.join()}`);
  return acknowledged(operations, 'claim').flatMap((claim) =>
    claim.answer.granted.map(({ id, token }) => {
      return { id, token, claim, changes: changes.get(`${claim.client} ${token} ${id}`) ?? [] };
    }),
  );
}

function tokenViolations(operations: readonly Operation[]): string[] {
  const claims = acknowledged(operations, 'claim').filter(({ answer }) => answer.granted.length > 0);
  return [...repeatedTokens(claims), ...fallingTokens(claims)];
}

function repeatedTokens(claims: readonly Acknowledged[]): string[] {
  return [...Map.groupBy(claims, tokenOf)]
    .filter(([, sharing]) => sharing.length > 1)
    .map(
      ([token, sharing]) =>
        `token ${token}, given ${sharing.length} times: ${sharing.slice(0, 2).map(describe).join(', ')}`,
    );
}

/** A claim that was made after another was answered has a higher token, in whatever file. */
function fallingTokens(claims: readonly Acknowledged[]): string[] {
  const found: string[] = [];
  const answered = claims.toSorted((a, b) => a.answer.at - b.answer.at);
  let highest: Acknowledged | undefined;
  for (const claim of claims.toSorted((a, b) => a.invokedAt - b.invokedAt)) {
    while (answered[0] !== undefined && answered[0].answer.at < claim.invokedAt) {
      const earlier = answered.shift();
      if (earlier !== undefined && (highest === undefined || tokenOf(earlier) > tokenOf(highest))) highest = earlier;
    }
    if (highest === undefined || tokenOf(claim) > tokenOf(highest)) continue;
    found.push(`token ${tokenOf(claim)} for ${describe(claim)}, after ${tokenOf(highest)} for ${describe(highest)}`);
  }
  return found;
}

function tokenOf({ answer }: Acknowledged): number {
  return answer.granted[0]?.token ?? 0;
}

/** The time until which a lease was live for certain. */
function endOf({ invokedAt }: Acknowledged): number {
  return invokedAt + LEASE_MS - ROUNDING_MS;
}

function isRenewal(change: Operation): change is Acknowledged {
  return change.kind === 'renew' && isAcknowledged(change);
}

function isSettlement({ kind }: Operation): boolean {
  return kind === 'commit' || kind === 'release';
}

function isFencedOff({ answer }: Operation): boolean {
  return answer !== undefined && !answer.accepted && answer.code === 'SEEN_CLAIM_LOST';
}
