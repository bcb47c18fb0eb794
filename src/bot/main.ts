#!/usr/bin/env node
// A Node without Node-API 10 crashes without a word on the database's native module, so nothing loads it before this
// check.
if (Number(process.versions.napi) < 10) {
  console.error(
    `This bot needs Node 22.14 or later, but this is Node ${process.versions.node}. ` +
      'Start it with "npm start", which brings its own, or install a newer Node.',
  );
  process.exit(1);
}

const { runFromCommandLine } = await import('./command-line.ts');
// Exits, as a connection that is being made or resumed outlives the client. Every line has been written by now.
process.exit(await runFromCommandLine(process.argv.slice(2), process.env));
