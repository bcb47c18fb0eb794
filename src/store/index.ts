export { systemClock, type Clock } from './clock.ts';
export type { BackupOptions, BackupProgress, BackupResult } from './contract/backup.ts';
export {
  defaultClaimOptions,
  type Claim,
  type ClaimOptions,
  type ClaimRequest,
  type Claims,
  type ClaimWaitingOptions,
  type ItemState,
  type Place,
  type PostRecord,
  type ReleaseOptions,
} from './contract/claims.ts';
export type { Coverage, Coverages, CoveredCategory } from './contract/coverage.ts';
export { noCounts, type Cycle, type CycleCounts, type Cycles } from './contract/cycles.ts';
export type { Hold, HoldDecision, HoldQuestion, Holds } from './contract/holds.ts';
export type { Incident, Incidents } from './contract/incidents.ts';
export type {
  Backlog,
  ChannelPosts,
  IntentOptions,
  Ledger,
  LedgerCounts,
  LedgerEntry,
  LedgerQuery,
  OpenPost,
} from './contract/ledger.ts';
export {
  defaultCampaignOptions,
  type CampaignOptions,
  type Leader,
  type Leadership,
  type Term,
} from './contract/leadership.ts';
export type { FeedScope, Scopes } from './contract/scopes.ts';
export type {
  DaySpending,
  EnrichmentBudget,
  EnrichmentCost,
  FeedSpending,
  Spending,
  Spent,
} from './contract/spending.ts';
export {
  SeenClaimLostError,
  SeenConfigError,
  SeenError,
  SeenInputError,
  SeenStoreBusyError,
  SeenStoreClosedError,
  SeenStoreError,
  SeenStoreOpenError,
  SeenTermLostError,
  type LostClaim,
  type LostTerm,
} from './errors.ts';
export { databasePathProblem } from './file-path.ts';
export { schemaNameProblem } from './schema-name.ts';
export { databaseUrlProblem } from './server-url.ts';
export { silentLogger, type SeenLogger } from './logger.ts';
export { nodeProblem } from './node-problem.ts';
export { openSeenStore } from './open.ts';
export { defaultSeenStoreOptions, type SeenStoreOptions } from './options.ts';
export type { PostgresClient, PostgresPool, PostgresResult, PostgresStatement } from './postgres-pool.ts';
export type {
  DatabaseHealth,
  PurgeControl,
  PurgeOptions,
  PurgeResult,
  SeenStats,
  SeenStore,
  StoreSizes,
} from './contract/seen-store.ts';
export { scopedId } from './scoped-id.ts';
export {
  telemetry,
  type EnrichmentEvent,
  type ItemEvent,
  type LockWaitEvent,
  type PurgeEvent,
  type SpendingEvent,
  type WriteEvent,
} from './telemetry.ts';
