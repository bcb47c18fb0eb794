#!/usr/bin/env node
// The command `seen`. Nothing is imported before the check: the native module ends an older Node with a segmentation
// fault, and the rest uses what such a Node does not have.

/** The Node-API of the native module. */
const NODE_API = 10;

if (Number(process.versions.napi) >= NODE_API) {
  const { run } = await import('./run.ts');
  process.exitCode = await run(process.argv.slice(2));
} else {
  console.error(
    `seen needs Node 22.14 or later, or 23.6, but this is Node ${process.versions.node}. Install a newer one.`,
  );
  process.exitCode = 1;
}
