import { expect, test } from 'vitest';
import { hasRecordings } from '../../support/recorded-edgar.ts';

test.runIf(process.env['CI'])('the recorded EDGAR responses are there in CI', () => {
  expect(hasRecordings, 'Without ../shared/edgar beside the project, every test on recorded data is skipped').toBe(
    true,
  );
});
