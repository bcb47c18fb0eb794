import type { Change } from '../port/change.ts';
import type { IntentOptions, Ledger, LedgerQuery } from '../contract/ledger.ts';
import { toJson } from '../json.ts';
import {
  readArgument,
  requireDate,
  requireObject,
  requireText,
  requireTexts,
  requireWholeNumber,
  type Given,
} from './arguments.ts';
import type { StoreContext } from './context.ts';
import { change } from './fenced-change.ts';
import { toChannelPosts, toLedgerEntry } from './items.ts';

const DEFAULT_LIMIT = 25;

type Step = 'begin' | 'saveEnrichment' | 'saveIntent' | 'dropIntent' | 'savePost' | 'saveFoundPost' | 'savePostFailure';

/** The ledger: what became of each item on its way from the claim to the commit. */
export function ledger(context: StoreContext): Ledger {
  return { ...steps(context), ...history(context) };
}

/** The steps of an item, which its claim fences. */
function steps(context: StoreContext): Pick<Ledger, Step> {
  const { reads } = context.backend;

  return {
    async begin(claim) {
      await change(context, [claim], { kind: 'begin' });
    },

    async saveEnrichment(claim, enrichment) {
      await change(context, [claim], { kind: 'saveEnrichment', json: toJson('the enrichment', enrichment) });
    },

    async saveIntent(claim, channelId, options = {}) {
      const intent = readArgument('options', () => readIntent(options));
      await change(context, [claim], { kind: 'saveIntent', channelId: requireText('channelId', channelId), ...intent });
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

    async saveFoundPost(claim, channelId, messageId) {
      await change(context, [claim], {
        kind: 'saveFoundPost',
        channelId: requireText('channelId', channelId),
        messageId: requireText('messageId', messageId),
      });
      return (await reads.itemOfMessage(messageId)) === claim.id;
    },

    async savePostFailure(claim, channelId, error) {
      await change(context, [claim], {
        kind: 'savePostFailure',
        channelId: requireText('channelId', channelId),
        error: requireText('error', error),
      });
    },
  };
}

/** The history of items, and the revival of dead letters. */
function history(context: StoreContext): Omit<Ledger, Step> {
  const { reads, writes } = context.backend;

  return {
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

    async channelPosts(claim, channelId, messageIds) {
      const id = readArgument('claim', () => requireText('claim.id', claim.id));
      const channel = requireText('channelId', channelId);
      const messages = requireTexts('messageIds', messageIds);
      context.requireOpen('channelPosts');
      return toChannelPosts(id, await reads.channelPosts(channel, messages));
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

    async backlog(feed) {
      requireText('feed', feed);
      context.requireOpen('backlog');
      const { waiting, oldest } = await reads.waitingItems(feed);
      return { waiting, oldest: oldest === null ? null : new Date(Math.min(oldest, context.now())) };
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

function readIntent(options: IntentOptions): Pick<Change<'saveIntent'>, 'discordAt' | 'fingerprint'> {
  const { discordAt, fingerprint }: Given<IntentOptions> = requireObject('options', options);
  return {
    discordAt: discordAt === undefined ? null : requireDate('discordAt', discordAt),
    fingerprint: fingerprint === undefined ? null : requireText('fingerprint', fingerprint),
  };
}
