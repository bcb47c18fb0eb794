import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A module that is loaded before a bot whose code stays as it is published. discord.js reaches the Discord of
 * `DISCORD_API`, the address `REPLACED_URL` leads to `REPLACED_BY`, and each cycle is printed.
 */
const preload = `
import discord from 'discord.js';

discord.DefaultRestOptions.api = process.env.DISCORD_API;

const { fetch } = globalThis;
globalThis.fetch = (url, init) => fetch(url === process.env.REPLACED_URL ? process.env.REPLACED_BY : url, init);

const { emit } = discord.Client.prototype;
discord.Client.prototype.emit = function (event, ...args) {
  if (event === 'seenCycle') console.log(\`cycle: \${JSON.stringify(args[0])}\`);
  return emit.call(this, event, ...args);
};
`;

/** Writes the module into a project that has discord.js, and returns the arguments with which Node loads it. */
export function preloadLocalPlaces(folder: string): readonly string[] {
  const path = join(folder, 'local-places.mjs');
  writeFileSync(path, preload);
  return ['--import', path];
}
