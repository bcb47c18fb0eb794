import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const documents = globSync(['*.md', 'docs/*.md', 'examples/*/*.md', 'chaos/*.md', 'local/*.md']);

/** The anchors that the headings of a document have. */
function anchorsOf(document: string): readonly string[] {
  const headings = [...readFileSync(document, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(/\s/g, '-'),
  );
}

/** The links of a document that lead nowhere. */
function brokenLinks(document: string): readonly string[] {
  const links = [...readFileSync(document, 'utf8').matchAll(/\]\(([^()\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? document : join(document, '..', path);
    return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
}

test('every link of the documents leads to a file, and to a heading of it', () => {
  expect(documents).toEqual(expect.arrayContaining(['README.md', join('docs', 'scaling.md')]));
  expect(documents.flatMap((document) => brokenLinks(document).map((link) => `${document}: ${link}`))).toEqual([]);
});
