import type { Hold, Holds } from '../contract/holds.ts';
import type { HoldRow } from '../rows.ts';
import { requireOneOf, requireText, requireTexts, requireWholeNumber } from './arguments.ts';
import type { StoreContext } from './context.ts';

/** The flood breaker's batches. */
export function holds(context: StoreContext): Holds {
  const { reads, writes } = context.backend;

  return {
    async open(feed, ids) {
      requireText('feed', feed);
      const held = requireTexts('ids', ids);
      context.requireOpen('holds.open');
      return toHold(await writes.openHold(feed, held));
    },

    async current(feed) {
      requireText('feed', feed);
      context.requireOpen('holds.current');
      return toHoldOrNull(await reads.currentHold(feed));
    },

    async extend(id, ids) {
      requireWholeNumber('id', id, 0);
      const held = requireTexts('ids', ids);
      context.requireOpen('holds.extend');
      return toHoldOrNull(await writes.extendHold(id, held));
    },

    async markAsked(id) {
      requireWholeNumber('id', id, 0);
      context.requireOpen('holds.markAsked');
      await writes.markHoldAsked(id);
    },

    async decide(id, decision, userId) {
      requireWholeNumber('id', id, 0);
      requireOneOf('decision', decision, ['post', 'mark']);
      requireText('userId', userId);
      context.requireOpen('holds.decide');
      return toHoldOrNull(await writes.decideHold(id, decision, userId));
    },

    async finish(id) {
      requireWholeNumber('id', id, 0);
      context.requireOpen('holds.finish');
      await writes.finishHold(id);
    },
  };
}

function toHoldOrNull(row: HoldRow | undefined): Hold | null {
  return row === undefined ? null : toHold(row);
}

function toHold({ id, feed, created_at, ids, decision, decided_by: decidedBy, asked }: HoldRow): Hold {
  return { id, feed, createdAt: new Date(created_at), ids: parseIds(ids), decision, decidedBy, asked: asked === 1 };
}

function parseIds(json: string): string[] {
  const ids: unknown = JSON.parse(json);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}
