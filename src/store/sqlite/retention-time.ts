/** How long the ledger keeps an item that ended: 30 days. */
export const LEDGER_RETENTION_MS = 30 * 86_400_000;
