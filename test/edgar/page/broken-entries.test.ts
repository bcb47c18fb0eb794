import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EdgarPageError, parsePage, type FilingRow } from '../../../src/edgar/index.ts';
import { accessions, entryXml, feedXml, latin1 } from '../../support/feed-xml.ts';
import { computingMs } from '../../support/computing-time.ts';

const [BEFORE = '', BROKEN = '', AFTER = ''] = accessions(1, 3);
const good = entryXml({ accession: BROKEN });
const [good1, good3] = [entryXml({ accession: BEFORE }), entryXml({ accession: AFTER })] as const;

/** Reads a page on which the entry stands between two good ones, both of which must be whole. */
function readBetweenGoodOnes(entry: string): FilingRow | undefined {
  const page = feedXml(good1, entry, good3);
  const { rows, listed, defect } = parsePage(latin1(page));
  expect([listed, defect]).toEqual([3, null]);
  expect([rows.at(0), rows.at(-1)]).toMatchObject([
    { accession: BEFORE, gaps: [] },
    { accession: AFTER, gaps: [] },
  ]);
  return rows.length === 3 ? rows[1] : undefined;
}

/** Does the work, which may refuse the page but fail in no other way. */
function outcomeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof EdgarPageError) return error;
    throw error;
  }
}

const named = (name: string): string => good.replace('Northwind Robotics, Inc.', () => name);

describe('an entry', () => {
  test.each([
    ['HARBOR & PINE', 'HARBOR & PINE'],
    ['HARBOR &pine; &co', 'HARBOR &pine; &co'],
    ['HARBOR &#xFFFFFFF; &#0; &#55296;', 'HARBOR &#xFFFFFFF; &#0; &#55296;'],
    ['HARBOR < PINE', 'HARBOR < PINE'],
    ['HARBOR <PINE> CO', 'HARBOR <PINE> CO'],
    ['HARBOR <b>PINE</b> CO', 'HARBOR <b>PINE</b> CO'],
    ['HARBOR </b> PINE', 'HARBOR </b> PINE'],
    ['HARBOR > PINE', 'HARBOR > PINE'],
    ['HARBOR <!-- PINE', 'HARBOR <!-- PINE'],
    ['HARBOR <!DOCTYPE PINE', 'HARBOR <!DOCTYPE PINE'],
    ['HARBOR <!ENTITY lol "lol">&lol;', 'HARBOR <!ENTITY lol "lol">&lol;'],
    ['HARBOR <![CDATA[ PINE', 'HARBOR <![CDATA[ PINE'],
    ['HARBOR <!-- <title>x</title> -->PINE', 'HARBOR PINE'],
    ['<![CDATA[HARBOR & <PINE> &amp;]]> CO', 'HARBOR & <PINE> & CO'],
    ['HARBOR <![CDATA[</entry>]]>', 'HARBOR </entry>'],
    ['HARBOR \u0007\u0000\u001B PINE', 'HARBOR \u0007\u0000\u001B PINE'],
    ['HARBOR \u0081\u00AD\u00FF', 'HARBOR \u0081\u00AD\u00FF'],
  ])('has the name %j whole, in the words of the feed', (raw, name) => {
    expect(readBetweenGoodOnes(named(raw))).toMatchObject({
      accession: BROKEN,
      party: { name, cik: '0001400000', role: 'Filer' },
      gaps: [],
    });
  });

  test.each([
    ['a wrong end tag', good.replace('</title>', '</titel>')],
    ['a wrong end tag of its summary', good.replace('</summary>', '</summery>')],
    ['no end tag', good.replace('</title>', '')],
    ['no end tag of its id', good.replace('</id>', '')],
    ['an end tag too many', good.replace('</title>', '</title></b>')],
    ['a broken first tag of its title', good.replace('<title>', '<titel>')],
    ['no end of its own', good.replace('</entry>', '')],
    ['a wrong end of its own', good.replace('</entry>', '</entri>')],
    ['no beginning of its own', good.replace('<entry>', '')],
    ['a wrong beginning of its own', good.replace('<entry>', '<entri>')],
    ['two ends of its own', `${good}</entry>`],
    ['attributes', good.replace('<entry>', '<entry xml:lang="en" a="1>2">').replace('<title>', "<title a='<' b='>'>")],
    [
      'single quotes, and its attributes in another order',
      good.replace(/<link.*\/>/, (tag) => tag.replace(/(rel=\S+) (href=[^/]+\S+)\//, '$2  $1/').replaceAll('"', "'")),
    ],
    ['no quotes', good.replace(/<category.*\/>/, '<category term=8-K />')],
    ['a quotation mark that is missing', good.replace(/htm"\/>/, 'htm/>')],
    ['white space in its tags', good.replaceAll(/<(\/?\w+)>/g, '<$1\n >')],
    ['a prefix', good.replaceAll(/<(\/?)(\w)/g, '<$1atom:$2')],
    ['elements of other namespaces', good.replace('<title>', '<media:title>Photo</media:title><title>')],
    [
      'a source',
      good.replace('<title>', '<source><title>All</title><id>urn:0009999999-26-000009</id></source><title>'),
    ],
    ['a forbidden element', good.replace('<title>', '<__proto__><constructor/></__proto__><title>')],
    ['deep elements', good.replace('<title>', `${'<a>'.repeat(500)}<title>`)],
    ['CDATA', good.replace(/<title>(.*)<\/title>/, '<title><![CDATA[$1]]></title>')],
    ['CRLF', good.replaceAll('\n', '\r\n')],
    ['two titles', good.replace('</title>', '</title><title>8-K/A - Other (0000000001) (Issuer)</title>')],
  ])('with %s is a whole row', (_, entry) => {
    expect(entry).not.toBe(good);
    const [expected] = parsePage(latin1(feedXml(good))).rows;
    expect(readBetweenGoodOnes(entry)).toEqual(expected);
  });

  test('with a summary that is not escaped is a whole row', () => {
    const summary = `<summary type="xhtml"><div><b>Filed:</b> 2026-01-05 <b>AccNo:</b> ${BROKEN} <b>Size:</b> 9 KB</div></summary>`;
    const entry = good.replace(/<summary>[^]*<\/summary>/, summary);
    expect(readBetweenGoodOnes(entry)).toMatchObject({ filedOn: '2026-01-05', size: '9 KB', gaps: [] });
  });

  test('that is commented out is none', () => {
    const page = feedXml(good1, `<!-- ${good} -->`, good3);
    expect(parsePage(latin1(page)).rows.map(({ accession }) => accession)).toEqual([BEFORE, AFTER]);
  });

  test('after a comment that nobody closed is read', () => {
    expect(parsePage(latin1(feedXml('<!-- begun', good, '<![CDATA[', good3))).rows).toHaveLength(2);
  });
});

describe('however one entry is broken', () => {
  const pieces = fc.constantFrom(
    '&',
    '<',
    '>',
    '"',
    "'",
    '</title>',
    '<title>',
    '<id>',
    '</id>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE x [',
    '</entry',
    '<link',
    '/>',
    '\u0000',
    '\u00FF',
    '&amp;',
    '&#38;',
    '<a:b c="d">',
    '<?',
    '?>',
    '</summary>',
    ' ',
  );
  const damage = fc.record({ at: fc.nat(), cut: fc.nat({ max: 40 }), put: fc.array(pieces, { maxLength: 4 }) });
  const inner = good.slice('<entry>'.length, -'</entry>'.length);

  test('the others on the page are read whole', () => {
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        const broken = damages.reduce((text, { at, cut, put }) => {
          const place = at % (text.length + 1);
          return text.slice(0, place) + put.join('') + text.slice(place + cut);
        }, inner);
        const page = feedXml(good1, `<entry>${broken}</entry>`, good3);
        const { rows } = parsePage(latin1(page));
        expect([rows.at(0), rows.at(-1)]).toEqual(parsePage(latin1(feedXml(good1, good3))).rows);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a hostile page is read in little time', () => {
  test.each([
    '<entry>'.repeat(100_000),
    '<entry '.repeat(100_000),
    '</entry>'.repeat(100_000),
    '<!--'.repeat(100_000),
    `<entry>${'<!--'.repeat(100_000)}</entry>`,
    `<entry>${'<![CDATA['.repeat(100_000)}</entry>`,
    `<entry>${'<title>'.repeat(100_000)}</entry>`,
    `<entry><title${' a'.repeat(150_000)}</entry>`,
    `<entry><title>${'</'.repeat(150_000)}</title></entry>`,
    `<entry><link ${'href= '.repeat(100_000)}</entry>`,
    `<entry>${'<source>'.repeat(100_000)}</entry>`,
    `<entry><title>${'&amp;'.repeat(100_000)}</title></entry>`,
    `<entry><summary>${'&lt;br '.repeat(100_000)}</summary></entry>`,
    `<entry><summary>Filed${' '.repeat(150_000)}Size:${' '.repeat(150_000)}</summary></entry>`,
    `<entry><id>${'1'.repeat(600_000)}</id></entry>`,
  ])('(%#)', (entries) => {
    const page = latin1(`<feed>${entries}</feed>`);
    expect(computingMs(() => void outcomeOf(() => parsePage(page)))).toBeLessThan(3000);
  });
});
