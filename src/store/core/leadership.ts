import {
  defaultCampaignOptions,
  type CampaignOptions,
  type Leader,
  type Leadership,
  type Term,
} from '../contract/leadership.ts';
import { SeenInputError, SeenTermLostError } from '../errors.ts';
import { isDead } from '../owner.ts';
import type { TermRef } from '../port/leader-writes.ts';
import type { Reads } from '../port/reads.ts';
import type { LeaderRow } from '../rows.ts';
import { readArgument, requireObject, requireText, requireWholeNumber, type Given } from './arguments.ts';
import { requireLease } from './claim-input.ts';
import type { StoreContext } from './context.ts';

/** Elections: of all stores on the database, one leads under a name. */
export function leadership(context: StoreContext): Leadership {
  const { reads, writes } = context.backend;
  const { owner } = context;

  return {
    async campaign(name, options = {}) {
      requireName(name);
      const leaseMs = campaignLease(options);
      context.requireOpen('leadership.campaign');
      const present = await reads.findLeader(name, 'leadership.campaign');
      // A look costs less than a write, and those who stand by look every second.
      if (present !== undefined && isLed(present) && present.leader !== owner) return null;
      const elected = await writes.campaign(name, { owner, leaseMs });
      return elected === undefined ? null : toTerm(elected, leaseMs);
    },

    async renew(term) {
      const { leaseMs, ...ref } = readTerm(term);
      context.requireOpen('leadership.renew');
      const lost = await writes.renewTerm(ref, { owner, leaseMs });
      if (lost !== undefined) throw new SeenTermLostError(lost);
    },

    async resign(term) {
      const { name, number } = readTerm(term);
      context.requireOpen('leadership.resign');
      await writes.resignTerm({ name, number }, owner);
    },

    async current(name) {
      requireName(name);
      context.requireOpen('leadership.current');
      const present = await reads.findLeader(name, 'leadership.current');
      return present !== undefined && isLed(present) ? toLeader(present) : null;
    },

    async all() {
      context.requireOpen('leadership.all');
      return presentLeaders(reads);
    },
  };
}

/** The present leaders under all names, in the order of these. */
export async function presentLeaders(reads: Pick<Reads, 'leaders'>): Promise<Leader[]> {
  return (await reads.leaders()).filter(isLed).map(toLeader);
}

type LedRow = LeaderRow & { readonly leader: string };

/** True while somebody leads who has not certainly died. */
function isLed(row: LeaderRow): row is LedRow {
  return row.leader !== null && row.leased === 1 && !isDead(row.leader);
}

function toTerm({ name, leader, number, elected_at }: LedRow, leaseMs: number): Term {
  return { name, leader, number, electedAt: new Date(elected_at), leaseMs };
}

function toLeader({ name, leader, number, elected_at, lease_until }: LedRow): Leader {
  return { name, leader, number, electedAt: new Date(elected_at), leaseUntil: new Date(lease_until) };
}

function requireName(name: unknown): void {
  if (requireText('name', name) === '')
    throw new SeenInputError('name is empty. Name what is led, a feed for example.');
}

/** @throws {SeenInputError} for a lease that would never run out, or none. */
function campaignLease(options: CampaignOptions): number {
  return readArgument('options', () => {
    const { leaseMs = defaultCampaignOptions.leaseMs }: Given<CampaignOptions> = requireObject('options', options);
    return requireLease(leaseMs);
  });
}

/** @throws {SeenInputError} for anything that is no term. */
function readTerm(term: Term): TermRef & Pick<Term, 'leaseMs'> {
  return readArgument('term', () => {
    const { name, number, leaseMs }: Given<Term> = requireObject('term', term);
    return {
      name: requireText('term.name', name),
      number: requireWholeNumber('term.number', number, 0),
      leaseMs: requireLease(leaseMs),
    };
  });
}
