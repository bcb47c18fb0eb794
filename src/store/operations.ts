import type { ChangeKind, Reads, Writes } from './backend.ts';

/** The contract's name of each operation of the port, for errors. A fenced change has the name of its kind. */
export const operations = {
  isSeen: 'isSeen',
  unseen: 'filterUnseen',
  stale: 'touch',
  countOlderThan: 'countOlderThan',
  hasOlderThan: 'purgeExpired',
  summary: 'stats',
  findItem: 'find',
  unknown: 'filterUnknown',
  failedItems: 'failed',
  countItems: 'counts',
  hasItemsToDrop: 'purgeExpired',
  feedHistory: 'cycles.isFirst',
  skippedShare: 'cycles.seenShare',
  cycleTotals: 'stats',
  lastCycle: 'stats',
  watchHistory: 'purgeExpired',
  currentHold: 'holds.current',
  markSeen: 'markSeen',
  touch: 'touch',
  expire: 'purge',
  forget: 'purge',
  claim: 'claim',
  claimWaiting: 'claimWaiting',
  retry: 'retry',
  dropItems: 'purgeExpired',
  recordCycle: 'cycles.record',
  noteOpen: 'purgeExpired',
  openHold: 'holds.open',
  extendHold: 'holds.extend',
  markHoldAsked: 'holds.markAsked',
  decideHold: 'holds.decide',
  finishHold: 'holds.finish',
  backup: 'backup',
} as const satisfies Readonly<Record<keyof Reads | Exclude<keyof Writes, 'change'> | 'backup', string>>;

/** The name of an operation as an error gives it. */
export type Operation = (typeof operations)[keyof typeof operations] | ChangeKind;
