import { head } from '../../text/clip.ts';
import { isBullet } from './markdown.ts';
import type { Answer } from './members.ts';

/** Length at which a text is cut before its labels are looked for. */
const LONGEST = 20_000;

/** Longest opening, such as "Here is the summary", before the first label. */
const LONGEST_OPENING = 300;

/** A name at the start of a line, with a colon or as a heading; after the first one, also within a line. */
const label = (start: string, names: string): RegExp =>
  new RegExp(String.raw`${start}[#>*_"\t\d.) -]{0,8}(?:${names})[*_" ]{0,4}(?:[:：][*_"]{0,3}|\n)`, 'iu');

const HEADLINE = label('(?:^|\\n)', 'headline|title');
const BODY = label('(?:\\n|\\s)', 'body|summary|text|description');
const POINTS = label('(?:\\n|\\s)', '(?:key |bullet |main )?points|bullets|key facts|highlights');

/** Where a list begins: on a line of its own, or after the end of a sentence. */
const LIST = /\n[ \t]*(?=[-*•][ \t])|(?<=[.!?])[ \t]+(?=[-*•][ \t])/;

/** Reads an answer whose parts stand behind their names, as in `Headline: …`. */
export function labelledAnswer(said: string): Answer | undefined {
  const text = tagsAsLabels(head(said, LONGEST));
  const [opening, afterHeadline] = cutAt(text, HEADLINE);
  if (afterHeadline === undefined || opening.trim().length > LONGEST_OPENING) return undefined;
  const [headline, afterBody] = cutAt(afterHeadline, BODY);
  if (afterBody === undefined) return undefined;
  const [main, afterPoints] = cutAt(afterBody, POINTS);
  const [body, list] = afterPoints === undefined ? cutAt(main, LIST) : [main, afterPoints];
  return { headline: headline.trim(), body: body.trim(), points: pointsOf(list ?? '') };
}

/** Turns `<headline>…</headline>` into a labelled line. */
function tagsAsLabels(text: string): string {
  const open = text
    .replaceAll(/<(headline|title|body|summary|points)>/gi, '\n$1: ')
    .replaceAll(/<(?:point|li)>/gi, '\n- ');
  return open.replaceAll(/<\/(?:headline|title|body|summary|points?|li)>/gi, '\n');
}

function cutAt(text: string, mark: RegExp): readonly [before: string, after: string | undefined] {
  const found = mark.exec(text);
  if (found === null) return [text, undefined];
  return [text.slice(0, found.index), text.slice(found.index + found[0].length)];
}

/** The lines of a list; its members, where it stands on one line. */
function pointsOf(list: string): string[] {
  const parts = list.trim().includes('\n') ? list.split('\n') : list.split(/(?:^|\s)[-*•][ \t]/);
  const filled = parts.map((part) => part.trim()).filter((part) => part !== '');
  const bullets = filled.filter(isBullet);
  return bullets.length > 0 ? bullets : filled;
}
