import type { FeedScope, Scopes } from '../contract/scopes.ts';
import { SeenInputError } from '../errors.ts';
import { requireIds } from '../ids.ts';
import type { ScopeReads } from '../port/reads.ts';
import type { ScopeRow } from '../rows.ts';
import { readArgument, requireList, requireText, requireTexts } from './arguments.ts';
import type { StoreContext } from './context.ts';

/** Storage forms of the feeds' ids. */
export function scopes(context: StoreContext): Scopes {
  const { reads, writes } = context.backend;

  return {
    async find(feed) {
      requireText('feed', feed);
      context.requireOpen('scopes.find');
      const row = await reads.findScope(feed);
      return row === undefined || row.inherits === 1 ? null : toScope(row);
    },

    async list() {
      context.requireOpen('scopes.list');
      return listScopes(reads);
    },

    async assign(feed, items) {
      requireText('feed', feed);
      const listed = readArgument('items', () => requireItems(items));
      context.requireOpen('scopes.assign');
      return toScope(await writes.assignScope(feed, listed));
    },

    async filterExceptions(feed, keys) {
      requireText('feed', feed);
      const wanted = requireTexts('keys', keys);
      context.requireOpen('scopes.filterExceptions');
      const scope = await reads.findScope(feed);
      if (scope === undefined) return [];
      return scope.plain === 1 ? reads.itemsOfOthers(feed, wanted) : reads.itemsOf(feed, wanted);
    },
  };
}

/** The scopes of all feeds, the plain one first. */
export async function listScopes(reads: Pick<ScopeReads, 'scopes'>): Promise<FeedScope[]> {
  const rows = await reads.scopes();
  return rows.map(toScope).toSorted((a, b) => Number(b.isPlain) - Number(a.isPlain));
}

function toScope({ feed, plain }: ScopeRow): FeedScope {
  return { feed, isPlain: plain === 1 };
}

function requireItems(items: unknown): string[][] {
  const listed = requireList('items', items).map(requireIds);
  if (listed.length > 0) return listed;
  throw new SeenInputError('items is empty. Assign the scope once the feed lists something.');
}
