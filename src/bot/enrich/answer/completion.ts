import { isObject, type JsonObject } from '../json.ts';

/** A reply of a chat endpoint, whatever its shape, as far as it may hold an answer. */
export interface Completion {
  /** The model's answer. */
  readonly said: string;
  /** Arguments of a tool call, each as JSON. */
  readonly calls: readonly string[];
  /** The model's reasoning, where the endpoint keeps that apart. */
  readonly thought: string;
  readonly refusal: string;
  /** `cut` for an answer that reached its longest length, `filtered` for one that a filter held back. */
  readonly ended: 'whole' | 'cut' | 'filtered';
}

/** Members in which endpoints of other kinds put the text. */
const TEXTS = ['content', 'response', 'output_text'] as const;

/** Objects that some endpoints put around a completion. */
const WRAPPERS = ['data', 'result', 'response'] as const;

/** Bounds on what is read of lists that have one member in every sensible reply. */
const MAX = { parts: 1000, calls: 10 } as const;

/**
 * Reads a completion from the JSON values of a body: one for an ordinary reply, many for a stream. Returns undefined
 * when none of them holds a message.
 */
export function readCompletion(values: readonly unknown[]): Completion | undefined {
  const pieces = values.flatMap((value) => piecesOf(value, 0));
  if (pieces.length === 0) return undefined;
  const all = (part: (piece: Piece) => string): string => pieces.map(part).join('');
  return {
    said: all(
      ({ message, choice }) => textOf(message['content']) || textOf(message['parsed']) || textOf(choice['text']),
    ),
    calls: callsOf(pieces.map(({ message }) => message)),
    thought: all(({ message }) => textOf(message['reasoning_content']) || textOf(message['reasoning'])),
    refusal: all(({ message }) => textOf(message['refusal'])),
    ended: endedBy(all(({ choice }) => textOf(choice['finish_reason']))),
  };
}

/** A message, or a piece of one that is streamed, and the choice that it stands in. */
interface Piece {
  readonly choice: JsonObject;
  readonly message: JsonObject;
}

function piecesOf(value: unknown, depth: number): Piece[] {
  if (Array.isArray(value) && value.length === 1) return piecesOf(value[0], depth);
  if (!isObject(value) || depth > 2) return [];
  const choice: unknown = Array.isArray(value['choices']) ? value['choices'][0] : undefined;
  if (isObject(choice)) return [{ choice, message: messageOf(choice) }];
  if (isObject(value['message'])) return [{ choice: value, message: value['message'] }];
  const inner = WRAPPERS.map((name) => value[name]).find(isObject);
  if (inner !== undefined) return piecesOf(inner, depth + 1);
  const content = TEXTS.map((name) => textOf(value[name])).find((text) => text !== '');
  return content === undefined ? [] : [{ choice: value, message: { content } }];
}

function messageOf(choice: JsonObject): JsonObject {
  const message = choice['message'] ?? choice['delta'];
  return isObject(message) ? message : {};
}

/** The text of a content: a string, an object that is the answer itself, or parts, of which those with text count. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.slice(0, MAX.parts).map(textOfPart).join('');
  return isObject(content) ? JSON.stringify(content) : '';
}

function textOfPart(part: unknown): string {
  if (typeof part === 'string') return part;
  if (!isObject(part) || !/^(?:text|output_text|undefined)$/.test(String(part['type']))) return '';
  const { text } = part;
  return isObject(text) ? textOf(text['value']) : textOf(text);
}

function callsOf(messages: readonly JsonObject[]): string[] {
  const called = messages.flatMap((message) => [message['function_call'], ...functionsIn(message['tool_calls'])]);
  const calls = called.filter(isObject).map((call) => textOf(call['arguments']));
  // A stream sends the arguments of a call in pieces.
  return [...new Set([...calls.slice(0, MAX.calls), calls.join('')])].filter((call) => call !== '');
}

function functionsIn(toolCalls: unknown): unknown[] {
  if (!Array.isArray(toolCalls)) return [];
  return toolCalls
    .slice(0, MAX.calls)
    .map((call: unknown) => (isObject(call) ? (call['function'] ?? call) : undefined));
}

function endedBy(reason: string): Completion['ended'] {
  if (/filter|safety|prohibited|recitation|blocklist/i.test(reason)) return 'filtered';
  return /length|max_?(?:output_?)?tokens/i.test(reason) ? 'cut' : 'whole';
}
