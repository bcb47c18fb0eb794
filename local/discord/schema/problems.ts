import { createRequire } from 'node:module';
import { withoutHarmlessExtras } from './harmless-extras.ts';
import type * as validation from './validate-body.ts';

const require = createRequire(import.meta.url);

/**
 * Lists everything in a request's body that Discord's published schema does not allow.
 *
 * @returns Undefined when there is no body, or no schema for it.
 */
export function schemaProblems(method: string, path: string, body: unknown): readonly string[] | undefined {
  if (body === undefined) return undefined;
  // Required here, synchronously: loading the schemas takes longer than most tests, and most programs check nothing.
  const { validateBody } = require('./validate-body.ts') as typeof validation;
  return validateBody(method, path, withoutHarmlessExtras(method, path, body));
}
