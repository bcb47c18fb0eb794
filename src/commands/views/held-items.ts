import type { Hold } from '../../store/contract/holds.ts';
import { keyOf } from '../../store/scoped-id.ts';
import { countOf } from '../text/count-of.ts';
import { inlineCode } from '../text/inline-code.ts';
import { shortText } from './short-text.ts';

/** Few enough, and short enough, for a message of 2,000 characters. */
const SAMPLES = 6;
const SAMPLE_LENGTH = 110;

/** Names the held items in a sentence: "20 new items of `filings`". */
export function describeHeld({ feed, ids }: Pick<Hold, 'feed' | 'ids'>): string {
  return `${countOf(ids.length, 'new item')} of ${inlineCode(feed)}`;
}

/** The keys of the first few held items, for a person to recognise what they are. */
export function sampleOf({ feed, ids }: Pick<Hold, 'feed' | 'ids'>): string {
  const samples = ids.slice(0, SAMPLES).map((id) => shortText(keyOf(feed, id), SAMPLE_LENGTH));
  const more = ids.length - samples.length;
  return samples.join(', ') + (more > 0 ? `, and ${more.toLocaleString('en')} more` : '');
}
