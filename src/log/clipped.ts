/** Cuts off what is too long, and says how long it was. */
export function clipped(text: string, max: number): string {
  return text.length <= max ? text : `${beginning(text, max)} (${text.length} characters)`;
}

/** The first characters of a longer text. */
export function beginning(text: string, max: number): string {
  // Not in the middle of a character that has two halves.
  return `${text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
