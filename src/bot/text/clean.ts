import { head } from './clip.ts';

/**
 * Characters that a reader cannot see but can be fooled by: control characters, marks that reverse the direction of a
 * line, fillers, tags. Line breaks stay, and so do the two characters that join emoji.
 */
const INVISIBLE = /(?!\n|\u200D|\uFE0F)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** More combining marks than a letter of any name needs: a pile of them covers the lines above. */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;

/** Length in code units after which a text is dropped unread. No text that the bot shows is as long. */
const MAX_LENGTH = 20_000;

/** Makes one visible line of somebody else's text. */
export function cleanLine(text: string): string {
  return visible(text).replaceAll(/\s+/g, ' ').trim();
}

/** Makes visible paragraphs of somebody else's text, with at most one empty line between two. */
export function cleanText(text: string): string {
  return visible(text)
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

function visible(text: string): string {
  return head(text, MAX_LENGTH)
    .toWellFormed()
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(PILED_MARKS, '$1');
}
