// Keeps a release from being published without an address of its sources: npm's page of the package resolves what the
// README links to by `repository`, and a reader of it finds the SEC filings bot only there.
import { readFileSync } from 'node:fs';

const { repository } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly repository?: unknown };
if (repository === undefined) {
  console.error(
    'Nothing was published: package.json names no repository, so npm cannot show the pictures and links of README.md. ' +
      'Set it first: npm pkg set repository.type=git repository.url=git+https://HOST/OWNER/NAME.git',
  );
  process.exitCode = 1;
}
