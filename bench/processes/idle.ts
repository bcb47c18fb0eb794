// Does nothing but watch its event loop: what the machine itself makes a process wait.
import { once } from 'node:events';

import { watchEventLoop, type Stall } from '../measure/stall.ts';
import { serve } from './serve.ts';

await serve<Stall>(async () => async (stopped) => {
  const stop = watchEventLoop();
  if (!stopped.aborted) await once(stopped, 'abort');
  return stop();
});
