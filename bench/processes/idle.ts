// Only watches its event loop, to measure the stalls that the machine itself causes.
import { once } from 'node:events';

import { watchEventLoop, type Stall } from '../measure/stall.ts';
import { serve } from './serve.ts';

await serve<Stall>(async () => async (stopped) => {
  const stop = watchEventLoop();
  if (!stopped.aborted) await once(stopped, 'abort');
  return stop();
});
