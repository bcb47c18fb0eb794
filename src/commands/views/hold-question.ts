import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIButtonComponent,
  type RESTPostAPIChannelMessageJSONBody,
} from 'discord.js';

import type { Hold, HoldDecision } from '../../store/contract/holds.ts';

/** The decision that a pressed button stands for. */
export interface HoldAnswer {
  /** The id of the hold. */
  readonly id: number;
  readonly decision: HoldDecision;
}

/**
 * Builds the question of the flood breaker, with a button for each decision.
 *
 * @param listed How many items the batch listed, held or not.
 */
export function holdQuestion({ id, feed, ids }: Hold, listed: number): RESTPostAPIChannelMessageJSONBody {
  return {
    content:
      `⚠️ **The flood breaker holds ${ids.length.toLocaleString('en')} new items of \`${feed}\`** ` +
      `(of ${listed.toLocaleString('en')} listed). Usually most of them are known: the database may have been lost or ` +
      'replaced, or the feed may have changed its ids. Nothing has been posted, and nothing will be until an admin ' +
      'decides.',
    components: [
      {
        type: ComponentType.ActionRow,
        components: [
          button(id, 'mark', 'Mark as seen, post none', ButtonStyle.Primary),
          button(id, 'post', `Post all ${ids.length.toLocaleString('en')}`, ButtonStyle.Danger),
        ],
      } satisfies APIActionRowComponent<APIButtonComponent>,
    ],
    allowed_mentions: { parse: [] },
  };
}

/** Reads the answer from the custom id of a pressed button; undefined for a button of another question. */
export function parseHoldButton(customId: string): HoldAnswer | undefined {
  const match = /^seen:hold:(\d+):(post|mark)$/.exec(customId);
  if (match === null) return undefined;
  return { id: Number(match[1]), decision: match[2] === 'post' ? 'post' : 'mark' };
}

function button(id: number, decision: HoldDecision, label: string, style: ButtonStyle.Primary | ButtonStyle.Danger) {
  return { type: ComponentType.Button, custom_id: `seen:hold:${id}:${decision}`, label, style } as const;
}
