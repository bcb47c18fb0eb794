import { expect, test } from 'vitest';

import { telemetry } from '../../src/store/index.ts';

test('a subscription is called until its signal aborts, and never if it already has', () => {
  const ended = new AbortController();
  const heard: string[] = [];
  telemetry.purge.subscribe(({ deleted }) => void heard.push(`for a while ${deleted}`), ended.signal);
  telemetry.purge.subscribe(({ deleted }) => void heard.push(`never ${deleted}`), AbortSignal.abort());
  telemetry.purge.publish({ deleted: 1 });
  ended.abort();
  telemetry.purge.publish({ deleted: 2 });
  expect(heard).toEqual(['for a while 1']);
});
