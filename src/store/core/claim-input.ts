import type { ItemRequest } from '../backend.ts';
import { defaultClaimOptions, type ClaimOptions, type ClaimRequest, type ReleaseOptions } from '../contract/claims.ts';
import { SeenInputError } from '../errors.ts';
import { requireIds } from '../ids.ts';
import { toJson } from '../json.ts';

/**
 * Requests in the order of their first mention. An id that is named again keeps the payload it has, if any.
 *
 * @throws {SeenInputError} for an id that cannot be one, or a payload that JSON cannot hold.
 */
export function itemRequests(requests: readonly (string | ClaimRequest)[]): ItemRequest[] {
  const all = requests.map((request) => (typeof request === 'string' ? { id: request } : request));
  requireIds(all.map(({ id }) => id));
  const stored = new Map<string, ItemRequest>();
  for (const request of all) {
    const payload = stored.get(request.id)?.payload ?? payloadOf(request);
    stored.set(request.id, { id: request.id, payload });
  }
  return [...stored.values()];
}

function payloadOf({ id, payload }: ClaimRequest): string | null {
  return payload === undefined ? null : toJson(`the payload of ${id}`, payload);
}

/**
 * The lease in whole milliseconds.
 *
 * @throws {SeenInputError} for a length that would give a lease that never runs out, or none.
 */
export function leaseLength({ leaseMs = defaultClaimOptions.leaseMs }: Pick<ClaimOptions, 'leaseMs'>): number {
  if (Number.isFinite(leaseMs) && leaseMs > 0) return Math.ceil(leaseMs);
  throw new SeenInputError(`leaseMs must be a number above 0, but is ${String(leaseMs)}.`);
}

/** @throws {SeenInputError} for an invalid date: taken for "at once", it would make retries spin. */
export function retryTime({ retryAt }: ReleaseOptions): number | null {
  if (retryAt === undefined) return null;
  const time = retryAt.getTime();
  if (!Number.isNaN(time)) return time;
  throw new SeenInputError('retryAt is not a valid date.');
}

/** @throws {SeenInputError} for a limit that a database would take for none. */
export function claimLimit(limit: number = defaultClaimOptions.limit): number {
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new SeenInputError(`limit must be a whole number above 0, but is ${String(limit)}.`);
}
