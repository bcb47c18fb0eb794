import { matchPath } from '../path-pattern.ts';
import type { Services } from '../services.ts';
import { requireSnowflake } from '../snowflake.ts';
import type { UploadedFile } from '../request-body.ts';

type ParameterNames<Pattern extends string> = Pattern extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParameterNames<Rest>
  : Pattern extends `${string}:${infer Name}`
    ? Name
    : never;

interface Call<Names extends string = string> {
  readonly params: Readonly<Record<Names, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Headers beside those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

type Handler<Names extends string> = (services: Services, call: Call<Names>) => Reply;

export interface Route {
  readonly method: string;
  readonly pattern: string;
  /** True when the request must carry the bot's token. Interaction routes carry a token of their own. */
  readonly needsAuth: boolean;
  readonly handle: Handler<string>;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** @param pattern The path, in which `:name` stands for an id and `:token` for any text. */
export function route<Pattern extends string>(
  method: string,
  pattern: Pattern,
  handle: Handler<ParameterNames<Pattern>>,
  { needsAuth = true } = {},
): Route {
  // `matchPath` fills in exactly the names of the pattern.
  return { method, pattern, needsAuth, handle };
}

export function findRoute(routes: readonly Route[], method: string, path: string): Match | undefined {
  for (const candidate of routes) {
    const params = candidate.method === method ? matchPath(candidate.pattern, path) : undefined;
    if (params) return { route: candidate, params };
  }
  return undefined;
}

/** @throws A form error when a parameter other than `:token` is not an id. */
export function checkParameters(params: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(params)) if (name !== 'token') requireSnowflake(`${name}_id`, value);
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const noContent = (): Reply => ({ status: 204 });
