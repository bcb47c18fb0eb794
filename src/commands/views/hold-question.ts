import {
  ButtonStyle,
  ComponentType,
  time,
  TimestampStyles,
  type APIActionRowComponent,
  type APIButtonComponent,
  type RESTPostAPIChannelMessageJSONBody,
} from 'discord.js';

import type { Hold, HoldDecision } from '../../store/contract/holds.ts';
import { commandText } from '../command-option.ts';
import { countOf } from '../text/count-of.ts';
import { inlineCode } from '../text/inline-code.ts';
import { describeHeld, sampleOf } from './held-items.ts';

/** The decision that a pressed button stands for. */
export interface HoldAnswer {
  /** The name of the hold; null for a button of version 0.1.0, which carries a number that fits every database. */
  readonly name: string | null;
  readonly decision: HoldDecision;
}

/** The body of a message, for its creation and for an edit. */
export type QuestionBody = Pick<RESTPostAPIChannelMessageJSONBody, 'content' | 'components' | 'allowed_mentions'>;

/**
 * Builds the question of the flood breaker, with a button for each decision.
 *
 * @param listed The number of items that the batch listed, held or not.
 */
export function holdQuestion(hold: Hold, listed: number): QuestionBody {
  const { name, ids, createdAt } = hold;
  return {
    content: [
      `⚠️ **The flood breaker holds ${describeHeld(hold)}** (of ${listed.toLocaleString('en')} listed). Usually most ` +
        'of them are known: the database may have been lost or replaced, or the feed may have changed its ids. ' +
        'Nothing has been posted, and nothing will be until an admin decides.',
      `Held since ${time(createdAt, TimestampStyles.RelativeTime)}: ${sampleOf(hold)}.`,
      '**Mark as seen** posts none of them, now or later, and the feed goes on with what comes after them. **Post all** ' +
        `posts each of them in the next cycle. ${commandText('hold')} does the same as the buttons.`,
    ].join('\n'),
    components: [
      {
        type: ComponentType.ActionRow,
        components: [
          button(name, 'mark', 'Mark as seen, post none', ButtonStyle.Primary),
          button(name, 'post', postLabel(ids), ButtonStyle.Danger),
        ],
      } satisfies APIActionRowComponent<APIButtonComponent>,
    ],
    allowed_mentions: { parse: [] },
  };
}

/** Builds what takes the question's place once somebody has decided: the fate of the items in the next cycle. */
export function holdDecided({ feed, ids, decision, decidedBy }: Hold): QuestionBody {
  const fate = decision === 'post' ? 'posted' : 'marked as seen without a post';
  return outcome(
    `The ${countOf(ids.length, 'item')} of ${inlineCode(feed)} will be ${fate} in the next cycle, ` +
      `as <@${decidedBy}> decided.`,
  );
}

/** Builds what takes the question's place once the decision is being carried out. */
export function holdCarriedOut(hold: Hold): QuestionBody {
  const fate = hold.decision === 'post' ? 'Being posted' : 'Marked as seen without a post';
  return outcome(`✅ ${fate}, as <@${hold.decidedBy}> decided: ${describeHeld(hold)}.`);
}

function outcome(content: string): QuestionBody {
  return { content, components: [], allowed_mentions: { parse: [] } };
}

/** Reads the answer from the custom id of a pressed button; undefined for a button of another question. */
export function parseHoldButton(customId: string): HoldAnswer | undefined {
  const match = /^seen:hold:([0-9a-f]{32}|\d{1,16}):(post|mark)$/.exec(customId);
  if (match === null) return undefined;
  const [, name = '', decision] = match;
  return { name: name.length === 32 ? name : null, decision: decision === 'post' ? 'post' : 'mark' };
}

/**
 * Tells whether a message in the channel asks about the hold: it has the hold's buttons.
 *
 * @param components The message's components, as Discord returns them.
 */
export function asksAbout({ name }: Hold, components: unknown): boolean {
  return JSON.stringify(components ?? []).includes(`"seen:hold:${name}:`);
}

/** Tells whether a question says how many items the hold has by now. */
export function isUpToDate({ ids }: Hold, components: unknown): boolean {
  return JSON.stringify(components ?? []).includes(`"${postLabel(ids)}"`);
}

function postLabel(ids: readonly string[]): string {
  return `Post all ${ids.length.toLocaleString('en')}`;
}

function button(
  name: string,
  decision: HoldDecision,
  label: string,
  style: ButtonStyle.Primary | ButtonStyle.Danger,
): APIButtonComponent {
  return { type: ComponentType.Button, custom_id: `seen:hold:${name}:${decision}`, label, style };
}
