import type { Ledger } from '../contract/ledger.ts';
import type { StoreContext } from './context.ts';
import { change } from './fenced-change.ts';
import { toLedgerEntry } from './items.ts';
import { toJson } from '../json.ts';

const DEFAULT_LIMIT = 25;

/** The ledger: what became of each item on its way from the claim to the commit. */
export function ledger(context: StoreContext): Ledger {
  const { reads, writes } = context.backend;

  return {
    async begin(claim) {
      await change(context, [claim], { kind: 'begin' });
    },

    async saveEnrichment(claim, enrichment) {
      await change(context, [claim], { kind: 'saveEnrichment', json: toJson('the enrichment', enrichment) });
    },

    async saveIntent(claim, channelId) {
      await change(context, [claim], { kind: 'saveIntent', channelId });
    },

    async dropIntent(claim, channelId) {
      await change(context, [claim], { kind: 'dropIntent', channelId });
    },

    async savePost(claim, channelId, messageId) {
      await change(context, [claim], { kind: 'savePost', channelId, messageId });
    },

    async savePostFailure(claim, channelId, error) {
      await change(context, [claim], { kind: 'savePostFailure', channelId, error });
    },

    async find(id) {
      context.requireOpen('find');
      const found = await reads.findItem(id);
      return found === undefined ? null : toLedgerEntry('find', found);
    },

    async filterUnknown(ids) {
      context.requireOpen('filterUnknown');
      return reads.unknown(ids);
    },

    async failed({ feed = null, limit = DEFAULT_LIMIT } = {}) {
      context.requireOpen('failed');
      const found = await reads.failedItems(feed, limit);
      return found.map((item) => toLedgerEntry('failed', item));
    },

    async counts() {
      context.requireOpen('counts');
      return reads.countItems();
    },

    async retry(ids) {
      context.requireOpen('retry');
      return writes.retry(ids === undefined ? null : [...ids]);
    },
  };
}
