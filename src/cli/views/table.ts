/** Lines of names and values. Other people's texts are shown as they are, but for what would move a terminal's cursor. */
export function table(lines: readonly (readonly [name: string, value: string])[]): string {
  const printed = lines.map(([name, value]) => [printable(name), printable(value)] as const);
  const width = Math.max(...printed.map(([name]) => name.length));
  return printed.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, ' ');
}
