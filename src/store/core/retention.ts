import { DAY_MS } from '../clock.ts';

/** The time that the ledger keeps an item that ended, in milliseconds: 30 days. */
export const LEDGER_RETENTION_MS = 30 * DAY_MS;

/**
 * The time that a loss of commits is kept, in milliseconds: 30 days. Items that are claimed for the first time count as
 * concerned for a week at most. Those from before the loss that still wait have been tried again, and looked for, by then.
 */
export const LOSS_RETENTION_MS = 30 * DAY_MS;
