import type { Clock } from '../clock.ts';
import { formError } from './api-error.ts';

const DISCORD_EPOCH = 1_420_070_400_000;
const TIMESTAMP_SHIFT = 22n;

/** Makes ids that rise strictly, even while the clock stands still or goes back. */
export class Snowflakes {
  readonly #clock: Clock;
  #last = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): string {
    const earliest = BigInt(this.#clock.now() - DISCORD_EPOCH) << TIMESTAMP_SHIFT;
    this.#last = earliest > this.#last ? earliest : this.#last + 1n;
    return String(this.#last);
  }
}

/** Returns the index of the shard, out of `shards`, that receives events of this guild. */
export function shardOf(guildId: string, shards: number): number {
  return Number((BigInt(guildId) >> TIMESTAMP_SHIFT) % BigInt(shards));
}

/** Orders ids by age. As strings they would not sort, because their lengths differ. */
export function compareSnowflakes(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** @throws A form error that names `field`, when `value` is not an id. */
export function requireSnowflake(field: string, value: string): string {
  if (/^\d{1,20}$/.test(value)) return value;
  throw formError([field], 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`);
}
