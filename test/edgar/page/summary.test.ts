import { describe, expect, test } from 'vitest';
import { readSummary } from '../../../src/edgar/page/summary.ts';

describe('readSummary', () => {
  test.each([
    ['<b>Filed:</b> 2026-02-03 <b>AccNo:</b> x <b>Size:</b> 1.5 MB', '1.5 MB'],
    ['<b>Filed:</b> 2026-02-03 <b>AccNo:</b> x <b>Size:</b> 1,024 KB', '1,024 KB'],
    ['<b>Filed:</b> 2026-02-03 <b>AccNo:</b> x <b>Size:</b> 12,345.5 KB', '12,345.5 KB'],
    ['<b>Filed:</b> 2026-02-03 <b>AccNo:</b> x <b>Size:</b> 12345', '12345'],
    ['<b>Filed:</b> 2026-02-03 <b>AccNo:</b> x <b>Size:</b> 12,345', '12345'],
    ['<b>Filed:</b> 2026-02-03 <b>AccNo:</b> x <b>Size:</b> 12345 bytes', '12345 bytes'],
    ['<b>Filed:</b> 2026-02-03 <b>AccNo:</b> x <b>Size:</b> 9MB', '9 MB'],
    ['<b>Filed:</b> 2026-02-03 <b>AccNo:</b> x <b>Size:</b> 2 GB.', '2 GB'],
    ['<B>Filed</B>: 2026-02-03 <b>Size</b>:\n7 KB', '7 KB'],
    ['Filed: 2026-02-03 AccNo: x Size: 7 KB', '7 KB'],
    ['<b>Filed:</b> 2026-02-03 <b>Size:</b> unknown', null],
  ])('takes the date and the size from %j', (html, size) => {
    expect(readSummary(html)).toEqual({ filedOn: '2026-02-03', size, items: [] });
  });

  test('decodes the titles of items, which are HTML', () => {
    const html = 'Size: 1 KB<br>Item 7.01: R&amp;D &#8212; an update\n<br/>Item 3C.7: Section 3(c)(7)<BR>Exhibits';
    expect(readSummary(html).items).toEqual([
      { code: '7.01', title: 'R&D — an update' },
      { code: '3C.7', title: 'Section 3(c)(7)' },
    ]);
  });
});
