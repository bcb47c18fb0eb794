import manifest from '../package.json' with { type: 'json' };

/** The line that the bundled program of a store's threads begins with, by which the package knows its own. */
export const threadMark = `// The writer thread of ${manifest.name} ${manifest.version}.\n`;
