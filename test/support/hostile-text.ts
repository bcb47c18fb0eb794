import { Random } from '../../local/random.ts';

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

/** Returns a source of the same numbers, from 0 up to 1, for the same seed. */
export function seededRandom(seed: number): () => number {
  const random = new Random(seed);
  return () => random.between(0, 2 ** 32 - 1) / 2 ** 32;
}

/** Makes a text of up to seven such pieces. */
export function hostileText(random: () => number): string {
  const count = Math.floor(random() * 8);
  return Array.from({ length: count }, () => PIECES[Math.floor(random() * PIECES.length)] ?? '').join('');
}
