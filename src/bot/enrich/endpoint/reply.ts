import { systemClock } from 'sapphire-plugin-seen/store';

import { isObject, parseJson, type JsonObject } from '../json.ts';

/** A reply of an endpoint, read to its end. */
export interface Reply {
  /** The HTTP status, or that of an error which came with 200; undefined where such an error names none. */
  readonly status: number | undefined;
  readonly text: string;
  /** The JSON values of the body: one for an ordinary reply, many for a stream, none for anything else. */
  readonly values: readonly unknown[];
  /** True when the body was longer than any answer, and its rest was not read. */
  readonly tooLong: boolean;
  /** Seconds after which the endpoint wants to be asked again; undefined when it does not say. */
  readonly retryAfterSeconds: number | undefined;
}

/** Length in bytes after which a body is no longer read. */
const LONGEST = 16 * 1024 * 1024;

/** The end of a stream of events, which some servers never close. */
const END_OF_STREAM = /(?:^|\n)data: ?\[DONE\]\s*$/;

/** Reads a reply. Its Content-Type does not count: servers and proxies leave it out, or send a wrong one. */
export async function readReply(response: Response): Promise<Reply> {
  const { text, tooLong } = await readText(response);
  const values = tooLong ? [] : valuesIn(text);
  const status = response.ok ? statusOf(values) : response.status;
  return { status, text, values, tooLong, retryAfterSeconds: retryAfterOf(response.headers) };
}

async function readText({ body }: Response): Promise<{ readonly text: string; readonly tooLong: boolean }> {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > LONGEST) return { text: '', tooLong: true };
    pieces.push(decoder.decode(chunk, { stream: true }));
    if (END_OF_STREAM.test(pieces.slice(-2).join('').slice(-40))) break;
  }
  return { text: pieces.join('') + decoder.decode(), tooLong: false };
}

/** Reads JSON, events such as `data: {…}`, or a JSON value on each line. */
function valuesIn(text: string): unknown[] {
  const whole = parseJson(text);
  if (whole !== undefined) return [whole];
  const lines = text.split('\n').map((line) => line.replace(/^data:/, '').trim());
  return lines.flatMap((line) => (line.startsWith('{') ? (parseJson(line) ?? []) : []));
}

/** The status of a body that came with 200, which may be an error all the same. */
function statusOf(values: readonly unknown[]): number | undefined {
  const error = values.flat().map(errorIn).find(Boolean);
  if (error === undefined) return 200;
  const { code, status } = isObject(error) ? error : {};
  return [code, status].map(Number).find((number) => number >= 400 && number <= 599);
}

/** Finds the error in a value that holds no answer. */
function errorIn(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  const { error, errors, object, choices, base_resp: outcome } = value;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (isObject(choice)) return choice['error'] || (choice['finish_reason'] === 'error' && (error || choice));
  if (error) return error;
  if (object === 'error' || saysItFailed(value)) return value;
  if (isObject(outcome) && Number(outcome['status_code']) > 0) return outcome;
  return Array.isArray(errors) ? (errors[0] as unknown) : undefined;
}

/** Tells whether a value is an error of an endpoint that has a code and a message in the place of an `error`. */
function saysItFailed({ success, code, message, msg }: JsonObject): boolean {
  const isCode =
    typeof code === 'string' ? !/^(?:0|200|ok|success)?$/i.test(code) : Number(code ?? 0) > 0 && code !== 200;
  return success === false || (isCode && [message, msg].some((words) => typeof words === 'string'));
}

function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - systemClock.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
