import { head } from '../../text/clip.ts';
import { isBullet } from './markdown.ts';
import type { Answer } from './members.ts';

/** Length at which prose is cut: no post shows more of it. */
const LONGEST = 5000;

/** Length up to which a first line is a headline, and not a paragraph. */
const LONGEST_HEADLINE = 160;

/** Below these, a text says nothing about a filing, such as "Understood.". */
const FEWEST = { letters: 12, differentWords: 4 } as const;

/** Sentences to the person who asked, before and after the answer. */
const OPENING =
  /^(?:(?:sure|certainly|of course|okay|ok|absolutely|great|got it)[!,.:][^\n]{0,200}|(?:here(?:'s|’s| is| are| it is| you (?:are|go))|below is)\b[^\n]{0,200}:)$/i;
const CLOSING =
  /^(?:let me know|anything else|feel free|would you like|do you want|i hope|is there anything|if you(?:'d|’d| would)? (?:need|like|want|have)|please let me know)\b[^\n]{0,200}$/i;

/** Ends of words that are no ends of sentences. */
const ABBREVIATION =
  /(?:^|[\s(])(?:inc|corp|co|ltd|llc|lp|plc|no|vs|st|mr|mrs|ms|dr|jr|sr|approx|dept|est|[a-z]|[a-z]\.[a-z])\.$/i;

const END_OF_SENTENCE = /[.!?]["'”’)\]]?(?=\s)|[。！？]/g;

const END_OF_OPENING = /[.!?:](?=\s|$)/g;

/** Reads prose as a person does: its first line or sentence is the headline, and the rest follows. */
export function proseAnswer(said: string): Answer | undefined {
  const lines = linesOf(head(said, LONGEST));
  const [firstLine = '', ...others] = lines;
  if (!isLanguage(lines.join(' '))) return undefined;
  const points = others.filter(isBullet);
  const sentences = others.filter((line) => !isBullet(line)).join(' ');
  if (others.length > 0 && firstLine.length <= LONGEST_HEADLINE) return withHeadline(firstLine, sentences, points);
  const [sentence, rest] = firstSentence([firstLine, sentences].join(' ').trim());
  if (sentence.length > LONGEST_HEADLINE) return { headline: undefined, body: `${sentence} ${rest}`.trim(), points };
  return rest === '' ? { headline: undefined, body: sentence, points } : withHeadline(sentence, rest, points);
}

function isLanguage(text: string): boolean {
  if (text.replaceAll(/[^\p{L}]/gu, '').length < FEWEST.letters) return false;
  // Chinese and Japanese put no spaces between words.
  return new Set(text.split(/\s+/)).size >= FEWEST.differentWords || /[\p{sc=Han}\p{sc=Hiragana}]/u.test(text);
}

function withHeadline(headline: string, body: string, points: readonly string[]): Answer {
  const [firstPoint = '', ...others] = points;
  return body === '' ? { headline, body: firstPoint, points: others } : { headline, body, points };
}

/** The lines that are about the filing. */
function linesOf(text: string): string[] {
  const bare = text.replaceAll(/(?:```|~~~)[a-z]{0,12}/gi, '').replaceAll(/^[ \t]*[-*_=]{3,}[ \t]*$/gm, '');
  const lines = bare.split('\n').map((line) => line.trim());
  const filled = lines.filter((line) => line !== '');
  return withoutClosing(withoutOpening(filled));
}

function withoutOpening([line = '', ...others]: readonly string[]): string[] {
  const [sentence, rest] = firstSentence(line, END_OF_OPENING);
  if (!OPENING.test(sentence)) return line === '' ? others : [line, ...others];
  return rest === '' ? others : withoutOpening([rest, ...others]);
}

function withoutClosing(lines: readonly string[]): string[] {
  return CLOSING.test(lines.at(-1) ?? '') ? lines.slice(0, -1) : [...lines];
}

function firstSentence(text: string, end = END_OF_SENTENCE): readonly [sentence: string, rest: string] {
  for (const { 0: mark, index } of text.matchAll(end)) {
    const after = index + mark.length;
    const sentence = text.slice(0, after);
    if (!ABBREVIATION.test(sentence.slice(-12))) return [sentence, text.slice(after).trim()];
  }
  return [text, ''];
}
