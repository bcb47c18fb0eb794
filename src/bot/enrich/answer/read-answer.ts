import type { Filing } from 'sapphire-plugin-seen/edgar';
import { cleanLine, cleanText } from '../../text/clean.ts';
import { clip, head } from '../../text/clip.ts';
import { UnusableAnswerError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { isAbout } from './about-filing.ts';
import type { Completion } from './completion.ts';
import { jsonIn, looksLikeJson } from './find-json.ts';
import { labelledAnswer } from './labelled.ts';
import { withoutMarkdown, withoutTags } from './markdown.ts';
import { answerIn, type Answer } from './members.ts';
import { isDoubtful, isEcho, isMarkup, isPlaceholder, isTalk, isThinking } from './no-answer.ts';
import { proseAnswer } from './prose.ts';
import { withoutReasoning } from './reasoning.ts';

/** Lengths at which an answer is cut, as models do not count. */
const MAX = { headline: 200, body: 1000, points: 5, point: 200, read: 20_000 } as const;

/** The name that an answer gives itself before it begins. */
const LABEL = /^(?:(?:sec )?(?:filing )?(?:summary|alert)|answer|response)[*_]{0,3}[:：][*_]{0,3}\s+/i;

/**
 * Reads the answer that a person would read in a completion: JSON wherever it stands, lines with labels, or prose. It
 * is plain text, on single lines but for the body.
 *
 * An answer with a headline and a body of their own was written as one. Any other text may be an error, a refusal or a
 * thought in any language, and is taken only if it is about the filing.
 *
 * @throws {UnusableAnswerError} when the model refused, said nothing, or was cut off.
 */
export function readAnswer(completion: Completion | undefined, filing: Filing): Answer {
  if (completion === undefined) throw new UnusableAnswerError('The model answered nothing.');
  for (const { isProse, ...candidate } of answersIn(completion)) {
    const answer = tidy(candidate);
    if (answer.body !== '' && !saysNothing(answer) && tellsOf(filing, answer, isProse)) return answer;
  }
  throw new UnusableAnswerError(problemOf(completion));
}

/** An answer as it stands in a completion. */
interface Candidate extends Answer {
  /** True for one that nothing but its words makes an answer: neither JSON nor labels. */
  readonly isProse: boolean;
}

/** The answers that a completion may hold, the likeliest first. What the model thought comes last, and only as JSON. */
function* answersIn({ said, calls, thought, ended }: Completion): Generator<Candidate> {
  const whole = ended === 'whole';
  const spoken = withoutReasoning(said);
  // A text that is JSON as a whole may hold tags of reasoning in its strings.
  if (parseJson(said) !== undefined) yield* jsonAnswers(said, { whole: false });
  yield* jsonAnswers(spoken.said, { whole });
  for (const call of calls) yield* jsonAnswers(call, { whole });
  if (!whole) return;
  if (!looksLikeJson(spoken.said)) yield* written(spoken.said);
  for (const thinking of [spoken.thought, thought]) yield* jsonAnswers(thinking, { whole });
}

function* jsonAnswers(text: string, options: { readonly whole: boolean }): Generator<Candidate> {
  if (!looksLikeJson(text)) return;
  for (const value of jsonIn(text, options)) {
    const answer = answerIn(value);
    if (answer !== undefined) yield { ...answer, isProse: false };
  }
}

function* written(said: string): Generator<Candidate> {
  const labelled = labelledAnswer(said);
  if (labelled !== undefined) yield { ...labelled, isProse: false };
  const prose = proseAnswer(said);
  if (prose !== undefined) yield { ...prose, isProse: true };
}

function tidy({ headline, body, points }: Answer): Answer {
  const line = (text: string): string => withoutMarkdown(cleanLine(withoutTags(head(text, MAX.read))));
  const title = headline === undefined ? '' : line(headline).replace(LABEL, '');
  const lines = cleanText(withoutTags(head(body, MAX.read)))
    .split('\n')
    .map(withoutMarkdown);
  const filled = points.map((point) => clip(line(point), MAX.point)).filter((point) => point !== '');
  return {
    headline: isPlaceholder(title) ? undefined : clip(title, MAX.headline),
    body: clip(lines.join('\n').trim().replace(LABEL, ''), MAX.body),
    points: filled.slice(0, MAX.points),
  };
}

function saysNothing({ headline, body }: Answer): boolean {
  return [headline ?? body, body].some((text) => isTalk(text) || isEcho(text) || isMarkup(text));
}

/** Tells whether an answer is about the filing, as far as there is a doubt. */
function tellsOf(filing: Filing, { headline, body, points }: Answer, isProse: boolean): boolean {
  if (isProse && isThinking(`${headline ?? ''}\n${body}`)) return false;
  const isSure = !isProse && headline !== undefined && !isDoubtful(headline) && !isDoubtful(body);
  return isSure || isAbout([headline, body, ...points].join(' '), filing);
}

function problemOf({ said, calls, thought, refusal, ended }: Completion): string {
  if (refusal !== '') return `The model refused: ${quote(refusal)}`;
  if (ended === 'filtered') return 'A content filter held the answer back.';
  if (ended === 'cut') return 'The answer was cut off because it was too long.';
  const spoken = withoutReasoning(said).said || calls.join(' ') || thought;
  if (spoken.trim() === '') return 'The model answered nothing.';
  if (!looksLikeJson(spoken)) return `The model answered no summary: ${quote(spoken)}`;
  const { done } = jsonIn(spoken, { whole: false }).next();
  return `The model answered ${done ? 'no valid JSON' : 'JSON without a headline and a body'}: ${quote(spoken)}`;
}

function quote(text: string): string {
  return clip(cleanLine(head(text, MAX.read)), 200);
}
