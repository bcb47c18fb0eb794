// Starts a news bot as two shards, in processes or in worker threads: `node main.js worker`.
import { ShardingManager } from 'discord.js';

const manager = new ShardingManager('bot.js', {
  mode: process.argv[2],
  totalShards: 2,
  respawn: false,
  token: process.env.DISCORD_TOKEN,
});
// A worker thread gets no signals, and a process not those of its manager.
process.once('SIGTERM', () => manager.broadcastEval(() => void process.emit('SIGTERM')));
await manager.spawn({ delay: 0 });
