import type { Change, ClaimRef } from '../port/change.ts';
import type { GrantTerms, ItemRequest } from '../port/writes.ts';
import {
  defaultClaimOptions,
  type Claim,
  type ClaimOptions,
  type ClaimRequest,
  type ClaimWaitingOptions,
  type Place,
  type ReleaseOptions,
} from '../contract/claims.ts';
import { DAY_MS } from '../clock.ts';
import { SeenInputError } from '../errors.ts';
import { requireId } from '../ids.ts';
import { toJson } from '../json.ts';
import { visitInTurns } from '../turns.ts';
import {
  kindOf,
  readArgument,
  requireDate,
  requireList,
  requireObject,
  requireText,
  requireWholeNumber,
  type Given,
} from './arguments.ts';

/** 100 years. A much longer lease would end at no date. */
const MAX_LEASE_MS = 36_500 * DAY_MS;

/**
 * Requests in the order of their first mention. An id that is named again keeps the payload it has, if any.
 *
 * @throws {SeenInputError} for an id that cannot be one, or a payload that JSON cannot hold.
 */
export async function itemRequests(requests: readonly (string | ClaimRequest)[]): Promise<ItemRequest[]> {
  const stored = new Map<string, ItemRequest>();
  await visitInTurns(requireList('requests', requests), (request, index) => {
    const { id, payload } = readArgument(`The request at index ${index}`, () => itemRequest(request, index));
    stored.set(id, { id, payload: stored.get(id)?.payload ?? payload });
  });
  return [...stored.values()];
}

function itemRequest(request: unknown, index: number): ItemRequest {
  if (typeof request !== 'object' || request === null) return { id: requireId(request, index), payload: null };
  const { id: given, payload }: Given<ClaimRequest> = request;
  const id = requireId(given, index);
  return { id, payload: payload === undefined ? null : toJson(`the payload of ${id}`, payload) };
}

/**
 * The names of claims, each once: one that is mentioned twice must not be refused because its first mention ended it.
 * A claim's payload stays in this thread.
 *
 * @throws {SeenInputError} for anything that is no claim.
 */
export async function claimRefs(claims: readonly Claim[]): Promise<ClaimRef[]> {
  const refs = new Map<string, ClaimRef>();
  await visitInTurns(requireList('claims', claims), (claim, index) => {
    const ref = readArgument(`The claim at index ${index}`, () => claimRef(claim, index));
    refs.set(`${ref.token} ${ref.id}`, ref);
  });
  return [...refs.values()];
}

function claimRef(claim: unknown, index: number): ClaimRef {
  const { id, token }: Given<ClaimRef> = requireObject(`The claim at index ${index}`, claim);
  return {
    id: requireId(id, index),
    token: requireWholeNumber(`The token of the claim at index ${index}`, token, 0),
  };
}

/**
 * The feed and the place of a claim.
 *
 * @throws {SeenInputError} for anything that is no claim.
 */
export function claimPlace(claim: Claim): Pick<Claim, 'feed' | 'place'> {
  return readArgument('claim', () => {
    const { feed, place }: Given<Claim> = requireObject('claim', claim);
    const { token, index }: Given<Place> = requireObject('claim.place', place);
    return {
      feed: requireText('claim.feed', feed),
      place: {
        token: requireWholeNumber('claim.place.token', token, Number.MIN_SAFE_INTEGER),
        index: requireWholeNumber('claim.place.index', index, 0),
      },
    };
  });
}

/** The terms of a grant that the caller chooses. */
export type GrantOptions = Pick<GrantTerms, 'feed' | 'leaseMs' | 'longestPauseMs'>;

/** @throws {SeenInputError} for a feed that is no text, a pause that is no whole number, or a lease that would never run out, or none. */
export function grantOptions(options: ClaimOptions): GrantOptions {
  return readArgument('options', () => {
    const { feed, leaseMs, longestPauseMs }: Given<ClaimOptions> = requireObject('options', options);
    return {
      feed: requireText('feed', feed ?? defaultClaimOptions.feed),
      leaseMs: requireLease(leaseMs),
      longestPauseMs: longestPauseMs === undefined ? null : requireWholeNumber('longestPauseMs', longestPauseMs, 0),
    };
  });
}

/** @throws {SeenInputError} as `grantOptions` does, and for a limit that is no whole number above 0. */
export function waitingOptions(options: ClaimWaitingOptions): GrantOptions & { readonly limit: number } {
  return readArgument('options', () => {
    const { limit }: Given<ClaimWaitingOptions> = requireObject('options', options);
    return { ...grantOptions(options), limit: requireWholeNumber('limit', limit ?? defaultClaimOptions.limit, 1) };
  });
}

/**
 * The lease in whole milliseconds.
 *
 * @throws {SeenInputError} for a length that would give a lease that never runs out, or none.
 */
export function leaseLength(options: Pick<ClaimOptions, 'leaseMs'>): number {
  return readArgument('options', () => {
    const { leaseMs }: Given<ClaimOptions> = requireObject('options', options);
    return requireLease(leaseMs);
  });
}

/** @throws {SeenInputError} for a length that would give a lease that never runs out, or none. */
export function requireLease(leaseMs: unknown = defaultClaimOptions.leaseMs): number {
  if (typeof leaseMs === 'number' && leaseMs > 0 && leaseMs <= MAX_LEASE_MS) return Math.ceil(leaseMs);
  throw new SeenInputError(`leaseMs must be a number above 0, up to 100 years, but is ${kindOf(leaseMs)}.`);
}

/** @throws {SeenInputError} for an error or a reason that is no text, for both, or for a time that is no valid date. */
export function releaseTerms(options: ReleaseOptions): Omit<Change<'release'>, 'kind'> {
  return readArgument('options', () => {
    const { error, reason, retryAt }: Given<ReleaseOptions> = requireObject('options', options);
    if (error !== undefined && reason !== undefined)
      throw new SeenInputError('A release has an error, which counts, or a reason, which does not: not both.');
    return {
      error: error === undefined ? null : requireText('error', error),
      reason: reason === undefined ? null : requireText('reason', reason),
      retryAt: retryAt === undefined ? null : requireDate('retryAt', retryAt),
    };
  });
}
