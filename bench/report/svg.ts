export const colours = {
  ground: '#ffffff',
  ink: '#1f2328',
  quiet: '#656d76',
  line: '#d8dee4',
  ours: '#5865f2',
  limit: '#a9b4c0',
  other: '#d9822b',
} as const;

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** The label to the right of the bar. */
  readonly shown: string;
  readonly colour: string;
}

export interface TextStyle {
  readonly size?: number;
  readonly weight?: 'normal' | 'bold';
  readonly colour?: string;
  readonly anchor?: 'start' | 'end';
}

/** @param words The text, already escaped. */
export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { size = 13, weight = 'normal', colour = colours.ink, anchor = 'start' } = style;
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}" text-anchor="${anchor}">${words}</text>`;
}

export interface BarsAt {
  readonly x: number;
  readonly y: number;
  /** Width of the column of names to the left of the bars. */
  readonly names: number;
  /** Length of the longest bar. */
  readonly length: number;
  /** The value that the longest bar stands for. */
  readonly most: number;
}

const BAR_STEP = 25;

/** Draws horizontal bars, one below the other. */
export function bars(all: readonly Bar[], { x, y, names, length, most }: BarsAt): string[] {
  return all.flatMap(({ name, value, shown, colour }, index) => {
    const top = y + index * BAR_STEP;
    const width = Math.max((value / most) * length, 2);
    const bold = colour === colours.ours ? 'bold' : 'normal';
    return [
      text(x + names - 10, top + 14, esc(name), { anchor: 'end', weight: bold }),
      `<rect x="${x + names}" y="${top}" width="${width.toFixed(1)}" height="19" rx="3" fill="${colour}"/>`,
      text(x + names + width + 8, top + 14, esc(shown), { weight: bold, colour: colours.ink }),
    ];
  });
}

export function esc(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
