import type { Client } from 'discord.js';
import { expect, test } from 'vitest';

import { ClientState } from '../../src/container/client-state.ts';

test('a client begins another run after a stop, and not in the middle of one', () => {
  const state = ClientState.of({} as Client);
  const { run } = state;
  state.restart();
  expect(state.run).toBe(run);
  state.beginToStop();
  state.stop = Promise.resolve();
  state.restart();
  expect(state.stopping.aborted).toBe(true);
  state.stop = undefined;
  state.restart();
  expect(state.stopping.aborted).toBe(false);
});
