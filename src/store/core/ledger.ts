import type { Ledger, LedgerQuery } from '../contract/ledger.ts';
import { toJson } from '../json.ts';
import { readArgument, requireObject, requireText, requireTexts, requireWholeNumber, type Given } from './arguments.ts';
import type { StoreContext } from './context.ts';
import { change } from './fenced-change.ts';
import { toLedgerEntry } from './items.ts';

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
      await change(context, [claim], { kind: 'saveIntent', channelId: requireText('channelId', channelId) });
    },

    async dropIntent(claim, channelId) {
      await change(context, [claim], { kind: 'dropIntent', channelId: requireText('channelId', channelId) });
    },

    async savePost(claim, channelId, messageId) {
      await change(context, [claim], {
        kind: 'savePost',
        channelId: requireText('channelId', channelId),
        messageId: messageId === null ? null : requireText('messageId', messageId),
      });
    },

    async savePostFailure(claim, channelId, error) {
      await change(context, [claim], {
        kind: 'savePostFailure',
        channelId: requireText('channelId', channelId),
        error: requireText('error', error),
      });
    },

    async find(id) {
      requireText('id', id);
      context.requireOpen('find');
      const found = await reads.findItem(id);
      return found === undefined ? null : toLedgerEntry('find', found);
    },

    async filterUnknown(ids) {
      const wanted = requireTexts('ids', ids);
      context.requireOpen('filterUnknown');
      return reads.unknown(wanted);
    },

    async failed(query = {}) {
      const { feed, limit } = readArgument('query', () => readQuery(query));
      context.requireOpen('failed');
      const found = await reads.failedItems(feed, limit);
      return found.map((item) => toLedgerEntry('failed', item));
    },

    async counts() {
      context.requireOpen('counts');
      return reads.countItems();
    },

    async retry(ids) {
      const wanted = ids === undefined ? null : requireTexts('ids', ids);
      context.requireOpen('retry');
      return writes.retry(wanted);
    },
  };
}

function readQuery(query: LedgerQuery): { readonly feed: string | null; readonly limit: number } {
  const { feed, limit }: Given<LedgerQuery> = requireObject('query', query);
  return {
    feed: feed === undefined ? null : requireText('feed', feed),
    limit: requireWholeNumber('limit', limit ?? DEFAULT_LIMIT, 1),
  };
}
