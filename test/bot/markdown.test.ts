import { describe, expect, it } from 'vitest';
import { plainLine, plainText } from '../../src/bot/post/markdown.ts';
import { cleanLine, cleanText } from '../../src/bot/text/clean.ts';
import { clip, head } from '../../src/bot/text/clip.ts';
import { hostileText, seededRandom } from '../support/hostile-text.ts';
import { computingMs } from '../support/computing-time.ts';

/** The text that is left once Discord has taken out the escapes: it drops a backslash before any punctuation. */
const shown = (text: string): string => text.replaceAll(/\\([^0-9A-Za-z\s])/gs, '$1');

/** The text that Discord would still act upon. */
const active = (text: string): string => text.replaceAll(/\\[^0-9A-Za-z\s]/gs, 'x');

const ACTIVE = /[*_~`|<>[\]@]|:(?=\S)|^ *(?:#{1,3}|-#|[-+]|\d+[.)])\s/m;

describe('the escape', () => {
  it.each([
    ['@everyone', String.raw`\@everyone`],
    ['<@1> <#2> <t:0:R>', String.raw`\<\@1\> \<#2\> \<t\:0\:R\>`],
    ['[a](https://b.example)', String.raw`\[a\](https\://b.example)`],
    ['# big', String.raw`\# big`],
    ['-# small', String.raw`\-# small`],
    ['- item', String.raw`\- item`],
    ['1. item', String.raw`1\. item`],
    ['> quote', String.raw`\> quote`],
    ['a_b *c* ~~d~~ ||e|| `f`', String.raw`a\_b \*c\* \~\~d\~\~ \|\|e\|\| \`f\``],
    ['\\', '\\\\'],
    ['8-K: 2.02, A/B #1 -5 % (x)', '8-K: 2.02, A/B #1 -5 % (x)'],
  ])('turns %j into %j', (text, escaped) => {
    expect(plainLine(text, 500)).toBe(escaped);
  });

  it('escapes marks at the beginning of every line', () => {
    expect(plainText('a\n# b\n2) c\n  - d', 500)).toBe('a\n\\# b\n2\\) c\n\\- d');
  });

  it('shows what was written, and leaves Discord nothing to act upon', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 500; round++) {
      const text = hostileText(random);
      expect(shown(plainLine(text, 1e6))).toBe(cleanLine(text));
      expect(shown(plainText(text, 1e6))).toBe(cleanText(text));
      expect(active(plainText(text, 1 + Math.floor(random() * 200)))).not.toMatch(ACTIVE);
    }
  });

  it('cuts no escape and no surrogate pair in half, at any length', () => {
    const text = '\\*😀_\\\\@😀:x';
    for (let length = 1; length < 40; length++) {
      const cut = plainLine(text, length);
      expect(cut.length).toBeLessThanOrEqual(length);
      expect(cut.isWellFormed()).toBe(true);
      expect(cleanLine(text).startsWith(shown(cut).replace(/…$/, ''))).toBe(true);
      expect(/(?<!\\)(\\\\)*\\$/.test(cut.replace(/…$/, ''))).toBe(false);
    }
  });

  it('escapes a million marks in a row in less than two seconds', () => {
    const runs = ['_', '*', '`', '\\', '<', '# ', '1. ', ' ', '\n', '\u0301'];
    expect(computingMs(() => runs.forEach((run) => plainText(run.repeat(1e6), 4000)))).toBeLessThan(2000);
  });
});

describe('the cleaner', () => {
  it('takes out characters that nobody sees', () => {
    expect(cleanLine('A\0C\x1b[1mM\u202eE\u2066 \u200bC\ufeffO\u{e0041}R\u00adP\u3164')).toBe('AC[1mME CORP');
  });

  it('keeps letters, marks and emoji of every language', () => {
    const text = 'Société Générale 漢字 שלום ก็ 👩‍👩‍👧 ❤️';
    expect(cleanLine(text)).toBe(text);
  });

  it('makes one line of many, and one empty line of many', () => {
    expect(cleanLine(' a\r\nb\u2028c\t d ')).toBe('a b c d');
    expect(cleanText(' a \r\n\n\n\n b\u2028c\t d ')).toBe('a\n\nb\nc d');
  });

  it('flattens piled-up marks and replaces halves of surrogate pairs', () => {
    expect(cleanLine(`e${'\u0301'.repeat(50)}`)).toBe('e\u0301\u0301\u0301');
    expect(cleanLine('a\ud83db')).toBe('a\ufffdb');
  });
});

describe('the cutter', () => {
  it('counts code units and keeps surrogate pairs whole', () => {
    expect(head('😀😀', 3)).toBe('😀');
    expect(head('😀😀', 4)).toBe('😀😀');
    expect(clip('abcdef', 4)).toBe('abc…');
    expect(clip('abcd', 4)).toBe('abcd');
    expect(clip('a😀bc', 3)).toBe('a…');
  });
});
