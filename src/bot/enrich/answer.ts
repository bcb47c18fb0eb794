import type { ChatCompletion } from 'openai/resources/chat/completions';
import { z } from 'zod';
import { cleanLine, cleanText } from '../text/clean.ts';
import { clip } from '../text/clip.ts';
import { UnusableAnswerError } from './errors.ts';
import type { Summary } from './summary.ts';

/** The shape of the answer. Lengths are not part of it: few endpoints enforce them, and some refuse them. */
export const answerSchema = z.object({ headline: z.string(), body: z.string(), points: z.array(z.string()) });

type Answer = z.infer<typeof answerSchema>;

/** Lengths at which an answer is cut, as models do not count. */
const MAX = { headline: 200, body: 1000, points: 5, point: 200 } as const;

/**
 * Makes the summary of an answer.
 *
 * @throws {UnusableAnswerError} when the model refused, or said nothing.
 */
export function toSummary(choice: ParsedChoice | undefined): Summary {
  const { refusal, parsed } = choice?.message ?? {};
  if (refusal) throw new UnusableAnswerError(`The model refused: ${clip(cleanLine(refusal), 200)}`);
  if (!parsed) throw new UnusableAnswerError('The model answered nothing.');
  const headline = clip(cleanLine(parsed.headline), MAX.headline);
  const body = clip(cleanText(parsed.body), MAX.body);
  if (headline === '' || body === '') throw new UnusableAnswerError('The model left the headline or the body empty.');
  const points = parsed.points.map((point) => clip(cleanLine(point), MAX.point)).filter((point) => point !== '');
  return { headline, body, points: points.slice(0, MAX.points), source: 'llm' };
}

/** An answer as the SDK has parsed it. */
export type ParsedChoice = Pick<ChatCompletion.Choice, 'finish_reason'> & {
  readonly message: { readonly refusal: string | null; readonly parsed: Answer | null };
};

/** The SDK's errors about an answer that did arrive, by name, and the message for each. */
const ABOUT_ANSWER: Readonly<Record<string, string>> = {
  SyntaxError: 'The model answered no valid JSON.',
  ZodError: 'The model answered JSON of another shape.',
  LengthFinishReasonError: 'The answer was cut off because it was too long.',
  ContentFilterFinishReasonError: 'A content filter held the answer back.',
};

/** Returns an error about an answer as such; `undefined` when the error is about something else. */
export function asUnusable(error: unknown): UnusableAnswerError | undefined {
  if (error instanceof UnusableAnswerError) return error;
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && error.code === 'content_filter') {
    return new UnusableAnswerError('A content filter refused the filing.', { cause: error });
  }
  const name = error.constructor.name === 'Error' ? error.name : error.constructor.name;
  const message = Object.hasOwn(ABOUT_ANSWER, name) ? ABOUT_ANSWER[name] : undefined;
  return message === undefined ? undefined : new UnusableAnswerError(message, { cause: error });
}
