#!/usr/bin/env node
// The rest is imported after the check, because it uses what an older Node does not have.
import { nodeProblem } from 'sapphire-plugin-seen/store';

const problem = nodeProblem();
if (problem !== undefined) {
  console.error(`${problem} "npm start" brings a Node of its own.`);
  process.exit(1);
}

const { runFromCommandLine } = await import('./command-line.ts');
// Exits, as a connection that is being made or resumed outlives the client. Every line has been written by now.
process.exit(await runFromCommandLine(process.argv.slice(2), process.env));
