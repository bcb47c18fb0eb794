import type { BenchCase } from '../case.ts';
import backupCase from './backup.ts';
import bytesCase from './bytes.ts';
import claimCommitCase from './claim-commit.ts';
import contentionCase from './contention.ts';
import isSeenCase from './is-seen.ts';
import lockCase from './lock.ts';
import openingCase from './opening.ts';
import peersCase from './peers.ts';
import prefilterCase from './prefilter.ts';
import purgeCase from './purge.ts';
import seedCase from './seed.ts';
import sweepCase from './sweep.ts';
import walCase from './wal.ts';

/** In the order in which they run: what measures microseconds comes before what leaves the disk busy. */
export const cases: readonly BenchCase[] = [
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
];
