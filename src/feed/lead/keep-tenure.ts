import { sleepUnlessAborted } from '../../store/clock.ts';
import type { Term } from '../../store/contract/leadership.ts';
import { SeenStoreClosedError, SeenTermLostError, type SeenError } from '../../store/errors.ts';
import { readClocks } from '../clock-readings.ts';
import { isStoreFault } from '../progress/store-faults.ts';
import type { CandidateContext } from './candidate.ts';
import { ask } from './ask.ts';
import { LedElsewhereError, TrustEndedError } from './ends.ts';
import type { Tenure } from './tenure.ts';
import { LEASE_MS, RENEW_MS, STANDBY_MS } from './times.ts';

/** Renews the term until the tenure is over, and ends it as soon as it is lost or can be trusted no longer. */
export async function keepTenure(context: CandidateContext, tenure: Tenure): Promise<void> {
  await Promise.all([renewUntilOver(context, tenure), watchTrust(context, tenure)]);
}

async function renewUntilOver(context: CandidateContext, tenure: Tenure): Promise<void> {
  let pauseMs = tenure.term === undefined ? STANDBY_MS : RENEW_MS;
  while (!tenure.over.aborted) {
    await sleepUnlessAborted(context.clock, pauseMs, tenure.over, { ref: false });
    if (!tenure.over.aborted) pauseMs = (await renew(context, tenure)) ? RENEW_MS : STANDBY_MS;
  }
}

/**
 * Does not wait for an answer: a store that gives none leaves the term unconfirmed. It looks every second, since a
 * timer does not count the time in which the machine is suspended.
 */
async function watchTrust(context: CandidateContext, tenure: Tenure): Promise<void> {
  while (!tenure.over.aborted) {
    const pauseMs = tenure.trustLeftMs > 0 ? Math.min(Math.ceil(tenure.trustLeftMs), STANDBY_MS) : STANDBY_MS;
    await sleepUnlessAborted(context.clock, pauseMs, tenure.over, { ref: false });
    requireTrust(context, tenure);
  }
}

function requireTrust(context: CandidateContext, tenure: Tenure): void {
  if (!tenure.isTrusted) lose(context, tenure, new TrustEndedError(tenure.election));
}

/** True when the term was renewed. Trust counts from the start of the call. */
async function renew(context: CandidateContext, tenure: Tenure): Promise<boolean> {
  const startedAt = readClocks(context.clock);
  try {
    const term = await ask(context.clock, 'leadership.renew', () => renewedTerm(tenure));
    // The answer may have waited while the process was suspended.
    requireTrust(context, tenure);
    if (term === null) lose(context, tenure, new LedElsewhereError(tenure.election));
    else tenure.confirm(term, startedAt);
    await tenure.catchUp();
    return true;
  } catch (error) {
    requireTrust(context, tenure);
    noteFailure(context, tenure, error);
    return false;
  }
}

/** The renewed term; null when another process turns out to lead, after a tenure that began while the store failed. */
async function renewedTerm({ term, election: { store, name } }: Tenure): Promise<Term | null> {
  if (term === undefined) return store.leadership.campaign(name, { leaseMs: LEASE_MS });
  await store.leadership.renew(term);
  return term;
}

function noteFailure(context: CandidateContext, tenure: Tenure, error: unknown): void {
  const { logger, onStoreError } = context;
  const { feed, name: election } = tenure.election;
  if (error instanceof SeenTermLostError) return lose(context, tenure, error);
  if (error instanceof SeenStoreClosedError) return lose(context, tenure, error);
  if (!isStoreFault(error)) throw error;
  if (tenure.over.aborted || tenure.isDoubted) return;
  tenure.doubt(onStoreError() === 'deliver');
  logger.warn('feed_lead_unconfirmed', { feed, election, error });
}

function lose({ logger }: CandidateContext, tenure: Tenure, reason: SeenError): void {
  if (tenure.over.aborted) return;
  const { election, term } = tenure;
  tenure.end(reason);
  logger.info('feed_lead_lost', { feed: election.feed, election: election.name, term: term?.number, error: reason });
}
