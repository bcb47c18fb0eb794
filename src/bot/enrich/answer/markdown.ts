/** Marks at the beginning of a line: headings, quotes, bullets, numbers. */
const LINE_START = /^[ \t]{0,8}(?:#{1,6}[ \t]+|>[ \t]?|[-*+•‣–][ \t]+|\d{1,2}[.)][ \t]+)/;

const BULLET = /^[ \t]{0,8}(?:[-*+•‣–][ \t]+|\d{1,2}[.)][ \t]+)\S/;

/** Pairs of marks around words, and links. What they enclose stays. */
const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/\*\*([^*\n]{1,300})\*\*/g, '$1'],
  [/(?<!\w)__([^_\n]{1,300})__(?!\w)/g, '$1'],
  [/(?<![\w*])\*([^*\s][^*\n]{0,300})\*(?![\w*])/g, '$1'],
  [/`([^`\n]{1,300})`/g, '$1'],
  [/\[([^[\]\n]{1,200})\]\(https?:[^()\s]{1,500}\)/g, '$1'],
];

/** Tags of HTML around words, and between paragraphs. */
const TAG_OF_WORDS = /<\/?(?:b|i|u|em|strong|span|code)>/gi;
const TAG_OF_PARAGRAPHS = /<\/?(?:p|br|ul|ol|li) ?\/?>/gi;

/** Takes the tags of HTML out of a text that uses them for Markdown. */
export function withoutTags(text: string): string {
  return text.replaceAll(TAG_OF_WORDS, '').replaceAll(TAG_OF_PARAGRAPHS, ' ');
}

/** Tells whether a line is a member of a list. */
export function isBullet(line: string): boolean {
  return BULLET.test(line);
}

/** Takes Markdown out of a line: a post shows every character of it as it stands. */
export function withoutMarkdown(line: string): string {
  const bare = line.replace(LINE_START, '');
  return PAIRS.reduce((text, [pair, inside]) => text.replaceAll(pair, inside), bare);
}
