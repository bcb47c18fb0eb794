/** The text in one line of at most so many code units. What is cut off shows as an ellipsis, and no character is torn. */
export function clipLine(text: string, length: number): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  if (line.length <= length) return line;
  let clipped = '';
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    if (clipped.length + segment.length >= length) break;
    clipped += segment;
  }
  return `${clipped.trimEnd()}…`;
}
