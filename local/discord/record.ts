import type { UploadedFile } from './body.ts';
import type { Fault, IncomingRequest } from './faults.ts';
import { schemaProblems } from './schema/problems.ts';

/** One request, and what became of it. */
export class RecordedRequest implements IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  /** When it arrived, by the server's clock. */
  readonly at: number;
  /** Undefined while there is no answer, and for ever when a fault withheld it. */
  status: number | undefined;
  response: unknown;
  fault: Fault | undefined;
  /** Nothing here implements the route: the answer was 404 with code 0. */
  unhandled = false;
  #problems: readonly string[] | undefined;
  #isJudged = false;

  constructor(request: IncomingRequest, files: readonly UploadedFile[], at: number) {
    this.method = request.method;
    this.path = request.path;
    this.query = request.query;
    this.headers = request.headers;
    this.body = request.body;
    this.files = files;
    this.at = at;
  }

  /**
   * What Discord's published schema says against the body; undefined when it was not checked.
   *
   * Judged when it is first asked for: compiling the schema takes longer than most tests.
   */
  get schemaProblems(): readonly string[] | undefined {
    if (!this.#isJudged) this.#problems = schemaProblems(this.method, this.path, this.body);
    this.#isJudged = true;
    return this.#problems;
  }
}
