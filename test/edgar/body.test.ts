import { describe, expect, test } from 'vitest';
import { readBody, readStart } from '../../src/edgar/body.ts';

const CHUNK = 1000;

/** A response of `chunks` kilobytes that counts what was asked for. */
function responseOf(chunks: number): {
  readonly response: Response;
  readonly state: { pulled: number; cancelled: boolean };
} {
  const state = { pulled: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (state.pulled === chunks) return controller.close();
      state.pulled += 1;
      controller.enqueue(new Uint8Array(CHUNK).fill(state.pulled));
    },
    cancel: () => {
      state.cancelled = true;
    },
  });
  return { response: new Response(stream), state };
}

describe('readBody', () => {
  test('reads a body that is as long as the limit', async () => {
    const { response } = responseOf(5);
    const body = await readBody(response, 5 * CHUNK);
    expect([body.length, body[0], body.at(-1)]).toEqual([5 * CHUNK, 1, 5]);
  });

  test('asks for little more of a 50 MB page than the limit, and cancels the rest', async () => {
    const { response, state } = responseOf(50_000);
    await expect(readBody(response, 10 * CHUNK)).rejects.toMatchObject({ limitBytes: 10 * CHUNK });
    expect(state.pulled).toBeLessThan(15);
    expect(state.cancelled).toBe(true);
  });

  test('reads a response without a body as an empty one', async () => {
    expect(await readBody(new Response(null), 10)).toHaveLength(0);
  });
});

test('readStart reads the start and cancels the rest', async () => {
  const { response, state } = responseOf(50_000);
  expect(await readStart(response, 1500)).toHaveLength(1500);
  expect(state.pulled).toBeLessThan(5);
  expect(state.cancelled).toBe(true);
});
