/** Pieces that break posts: mentions, markup, escapes, invisible characters, halves of emoji. */
const PIECES = [
  '@everyone',
  '@here',
  '<@100000000000000001>',
  '<@&1>',
  '<#1>',
  '<t:0:R>',
  '<:x:1>',
  '</cmd:1>',
  '# ',
  '-# ',
  '> ',
  '>>> ',
  '- ',
  '1. ',
  '```',
  '`',
  '**',
  '__',
  '~~',
  '||',
  '[a](https://evil.example)',
  'https://evil.example/_a_',
  ':smile:',
  '\\',
  '\\\\',
  '\n',
  '\r\n',
  '\u2028',
  '\t',
  '\0',
  '\x1b[31m',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u{e0041}',
  '\ud83d',
  '\ude00',
  '😀',
  '👩‍👩‍👧',
  'e\u0301\u0301\u0301\u0301\u0301\u0301',
  '',
  ' ',
  'ACME CORP',
  'é',
  '漢字',
  '_'.repeat(300),
  '😀'.repeat(300),
  'x'.repeat(10_000),
  '*_~`|<>[]@:'.repeat(200),
];

/** mulberry32: the same numbers for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function hostileText(random: () => number): string {
  const count = Math.floor(random() * 8);
  return Array.from({ length: count }, () => PIECES[Math.floor(random() * PIECES.length)] ?? '').join('');
}
