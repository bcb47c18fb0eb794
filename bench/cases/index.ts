import type { BenchCase, StoreKind } from '../case.ts';
import postgresClaimCommitCase from './postgres/claim-commit.ts';
import postgresContentionCase from './postgres/contention.ts';
import postgresOpeningCase from './postgres/opening.ts';
import postgresPrefilterCase from './postgres/prefilter.ts';
import postgresResumeCase from './postgres/resume.ts';
import backupCase from './sqlite/backup.ts';
import bytesCase from './sqlite/bytes.ts';
import claimCommitCase from './sqlite/claim-commit.ts';
import contentionCase from './sqlite/contention.ts';
import isSeenCase from './sqlite/is-seen.ts';
import lockCase from './sqlite/lock.ts';
import openingCase from './sqlite/opening.ts';
import peersCase from './sqlite/peers.ts';
import prefilterCase from './sqlite/prefilter.ts';
import purgeCase from './sqlite/purge.ts';
import seedCase from './sqlite/seed.ts';
import sweepCase from './sqlite/sweep.ts';
import walCase from './sqlite/wal.ts';

/** In the order in which they run: what measures microseconds comes before what leaves the disk busy. */
export const cases: Readonly<Record<StoreKind, readonly BenchCase[]>> = {
  sqlite: [
    prefilterCase,
    seedCase,
    peersCase,
    isSeenCase,
    claimCommitCase,
    lockCase,
    purgeCase,
    backupCase,
    walCase,
    bytesCase,
    openingCase,
    contentionCase,
    sweepCase,
  ],
  postgres: [
    postgresPrefilterCase,
    postgresClaimCommitCase,
    postgresOpeningCase,
    postgresContentionCase,
    postgresResumeCase,
  ],
};
