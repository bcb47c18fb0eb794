/**
 * Returns the first `length` UTF-16 code units, which is what Discord counts, or one less where that would cut a
 * surrogate pair in half.
 */
export function head(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd8_00 && last <= 0xdb_ff ? length - 1 : length);
}

/** Cuts a text to at most `length` code units, with an ellipsis where something is missing. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${head(text, length - 1).trimEnd()}…`;
}
