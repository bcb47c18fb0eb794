import { head } from './clip.ts';

/**
 * What a reader cannot see, but a reader can be fooled by: control characters, marks that reverse the direction of a
 * line, fillers, tags. Line breaks stay, and the two characters that join emoji.
 */
const INVISIBLE = /(?!\n|\u200D|\uFE0F)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Names need one or two combining marks on a letter; a pile of them covers the lines above. */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;

/** No text that this bot shows is longer: what is above it costs only time. */
const LONGEST = 20_000;

/** Text of somebody else as one visible line. */
export function cleanLine(text: string): string {
  return visible(text).replaceAll(/\s+/g, ' ').trim();
}

/** Text of somebody else as paragraphs: at most one empty line in a row. */
export function cleanText(text: string): string {
  return visible(text)
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

function visible(text: string): string {
  return head(text, LONGEST)
    .toWellFormed()
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(PILED_MARKS, '$1');
}
