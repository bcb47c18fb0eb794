import type { Fault, IncomingRequest } from '../faults.ts';
import { schemaProblems } from '../schema/problems.ts';
import type { UploadedFile } from '../request-body.ts';

/** A request and its outcome, as the server keeps it for a test to look at. */
export class LoggedRequest implements IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  /** The time of its arrival by the server's clock, in milliseconds since the epoch. */
  readonly at: number;
  /** Undefined until there is an answer: for good, when a fault withholds it. */
  status: number | undefined;
  response: unknown;
  fault: Fault | undefined;
  /** True when no route matches: the answer was 404 with code 0. */
  unhandled = false;
  #schemaProblems: { readonly found: readonly string[] | undefined } | undefined;

  constructor(request: IncomingRequest, files: readonly UploadedFile[], at: number) {
    this.method = request.method;
    this.path = request.path;
    this.query = request.query;
    this.headers = request.headers;
    this.body = request.body;
    this.files = files;
    this.at = at;
  }

  /** Lists what Discord's published schema does not allow in the body; undefined when there is no schema for it. */
  get schemaProblems(): readonly string[] | undefined {
    this.#schemaProblems ??= { found: schemaProblems(this.method, this.path, this.body) };
    return this.#schemaProblems.found;
  }
}
