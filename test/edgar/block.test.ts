import { describe, expect, test } from 'vitest';
import { recognizeBlock } from '../../src/edgar/block.ts';
import { errorPages } from '../../local/edgar/error-pages.ts';
import { hasRecordings, recorded } from '../support/recorded-edgar.ts';

test.each([
  [403, errorPages.undeclared, 'undeclared'],
  [403, errorPages.rate, 'rate'],
  [403, errorPages.accessDenied, null],
  [403, '', null],
  [429, '', 'rate'],
  [500, errorPages.rate, null],
  [503, errorPages.unavailable, null],
])('recognizes HTTP %i with %j as the block %j', (status, page, kind) => {
  expect(recognizeBlock(status, page)).toBe(kind);
});

describe.skipIf(!hasRecordings)('the recorded error pages', () => {
  test.each([
    ['403_undeclared_automated_tool.html', 403, 'undeclared'],
    ['403_rate_threshold_exceeded.html', 403, 'rate'],
    ['403_s3_accessdenied_missing_index.xml', 403, null],
    ['503_file_unavailable_past_end_of_feed.html', 503, null],
  ])('are told apart: %s with HTTP %i is the block %j', (file, status, kind) => {
    expect(recognizeBlock(status, Buffer.from(recorded(`errors/${file}`)).toString('latin1'))).toBe(kind);
  });
});
