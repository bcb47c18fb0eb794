import { setImmediate as nextTurn } from 'node:timers/promises';

/** Counts the turns of the event loop until `work` is done. */
export async function turnsDuring(work: Promise<unknown>): Promise<number> {
  const state = { over: false, turns: 0 };
  const ended = work.then(() => void (state.over = true));
  while (!state.over) {
    await nextTurn();
    state.turns += 1;
  }
  await ended;
  return state.turns;
}
