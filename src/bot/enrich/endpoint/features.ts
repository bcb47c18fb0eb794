import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';

import type { ChatMessage } from '../prompt.ts';

/** The parts of a request that only some endpoints offer, or that only some want. */
export interface Features {
  /** The way to ask for the shape of the answer; `text` for in words alone, as the instructions do in any case. */
  readonly format: 'json_schema' | 'json_object' | 'text';
  /** True if the instructions have a message of their own, with the role `system`. */
  readonly systemRole: boolean;
  /** The name of the limit on the answer's length; undefined for none. */
  readonly limit: 'max_tokens' | 'max_completion_tokens' | undefined;
}

/** A feature that an endpoint refused; `unnamed` when it does not say which. */
export type RefusedFeature = 'format' | 'systemRole' | 'limit' | 'unnamed';

/** The features that an endpoint is asked for of which nothing is known. */
export const allFeatures: Features = { format: 'json_schema', systemRole: true, limit: undefined };

/** A limit that no summary reaches, with room for a model that reasons first. */
const LIMIT_TOKENS = 2000;

/** The shape of the answer. Lengths are not part of it: few endpoints enforce them, and some refuse them. */
const answerSchema = {
  type: 'object',
  properties: { headline: { type: 'string' }, body: { type: 'string' }, points: listOf({ type: 'string' }) },
  required: ['headline', 'body', 'points'],
  additionalProperties: false,
};

const formats: Readonly<Record<Features['format'], Partial<ChatCompletionCreateParamsNonStreaming>>> = {
  json_schema: {
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'filing_summary', strict: true, schema: answerSchema },
    },
  },
  json_object: { response_format: { type: 'json_object' } },
  text: {},
};

const NEXT = {
  format: { json_schema: 'json_object', json_object: 'text', text: undefined },
  limit: { none: 'max_tokens', max_tokens: 'max_completion_tokens', max_completion_tokens: undefined },
} as const;

/** Returns the features to try without the refused one; undefined when there is nothing left to try. */
export function featuresWithout(features: Features, refused: RefusedFeature): Features | undefined {
  const format = NEXT.format[features.format];
  const limit = NEXT.limit[features.limit ?? 'none'];
  if (refused === 'limit') return limit && { ...features, limit };
  if (refused !== 'systemRole' && format !== undefined) return { ...features, format };
  return refused !== 'format' && features.systemRole ? { ...features, systemRole: false } : undefined;
}

/** Makes the body of a request. */
export function requestBody(
  model: string,
  messages: readonly ChatMessage[],
  { format, systemRole, limit }: Features,
): ChatCompletionCreateParamsNonStreaming {
  const asked = systemRole ? [...messages] : [asOneMessage(messages)];
  return { model, messages: asked, ...formats[format], ...(limit === undefined ? {} : { [limit]: LIMIT_TOKENS }) };
}

function asOneMessage(messages: readonly ChatMessage[]): ChatMessage {
  return { role: 'user', content: messages.map(({ content }) => content).join('\n\n') };
}

function listOf(items: object): object {
  return { type: 'array', items };
}
