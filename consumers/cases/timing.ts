// The time that the package costs a bot, in whole processes, with and without it in turns.
import assert from 'node:assert/strict';

import { startLocalDiscord } from '../../local/discord/index.ts';
import type { ConsumerCase, ConsumerContext } from '../case.ts';
import { runCommand } from '../support/command.ts';
import { botPackages, placeBot } from '../support/project.ts';

/** Starts of the bot with the package, and as many without. */
const ROUNDS = 40;

/** The time that one process took. */
interface Sample {
  readonly wallMs: number;
  readonly processorMs: number;
}

/** A case in which the bot, started with these arguments, may take at most so many times as long with the package. */
function timed(name: string, most: number, args: readonly string[]): ConsumerCase {
  async function run(context: ConsumerContext): Promise<string> {
    await placeBot('timed', botPackages, context);
    const { without, with: withSeen } = await sampleInTurns(args, context);
    const ratio = ratioOf(withSeen, without, ({ wallMs }) => wallMs);
    const processor = ratioOf(withSeen, without, ({ processorMs }) => processorMs);
    const note = `${ratio.toFixed(3)} × of at most ${most} × (processor time: ${processor.toFixed(3)} ×)`;
    const ms = `${median(without.map(({ wallMs }) => wallMs)).toFixed(0)} ms without`;
    assert.ok(ratio <= most, `${note}, ${ms}`);
    return `${note}, ${ms}`;
  }
  return { group: 'timing', name, isQuick: false, run };
}

async function sampleInTurns(
  args: readonly string[],
  context: ConsumerContext,
): Promise<Record<'with' | 'without', readonly Sample[]>> {
  await using discord = await startLocalDiscord();
  const env = { DISCORD_API: discord.api, DISCORD_TOKEN: discord.token };
  const samples = { without: [] as Sample[], with: [] as Sample[] };
  // The first round fills the caches of the file system.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const turns = round % 2 === 0 ? (['without', 'with'] as const) : (['with', 'without'] as const);
    for (const kind of turns) {
      const sample = await start(kind === 'with' ? ['seen', ...args] : args, env, context);
      if (round > 0) samples[kind].push(sample);
    }
  }
  return samples;
}

async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { folder, signal }: ConsumerContext,
): Promise<Sample> {
  const startedAt = performance.now();
  const { stdout } = await runCommand(process.execPath, ['main.js', ...args], { folder, signal, env });
  const wallMs = performance.now() - startedAt;
  const [, microseconds] = /processor time: (\d+) µs/.exec(stdout) ?? [];
  return { wallMs, processorMs: Number(microseconds) / 1000 };
}

function ratioOf(some: readonly Sample[], others: readonly Sample[], pick: (sample: Sample) => number): number {
  return median(some.map(pick)) / median(others.map(pick));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
}

/** Cases that mean something on an idle machine only. */
export const timingCases: readonly ConsumerCase[] = [timed('import', 1.06, []), timed('start', 1.1, ['start'])];
