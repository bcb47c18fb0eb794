import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @throws {Error} When a page of the registry that shows the package would have a link that leads nowhere. */
export function requireLiveLinks(folder: string): void {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\(([^)\s]+)\)|(?:href|src)="([^"]+)"/g)].map(
    ([, link, tag]) => link ?? tag ?? '',
  );
  const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => `#${toAnchor(heading)}`);
  const dead = [...new Set([...links, ...linksOfManifest(folder)])].filter((link) => {
    if (link.startsWith('#')) return !headings.includes(link);
    const url = URL.parse(link);
    return url === null ? !existsSync(join(folder, link.replace(/#.*/, ''))) : isDead(url);
  });
  assert.deepEqual(dead, [], 'Links that lead nowhere');
}

function linksOfManifest(folder: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly homepage?: string;
    readonly bugs?: { readonly url?: string };
    readonly repository?: { readonly url?: string };
  };
  const { homepage, bugs, repository } = manifest;
  return [homepage, bugs?.url, repository?.url].filter((link) => link !== undefined);
}

/** Tells whether the host is one of those that never exist. */
function isDead({ hostname }: URL): boolean {
  return /(^|\.)(invalid|localhost|test)$/.test(hostname);
}

/** Returns the anchor that Markdown gives to a heading. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}
