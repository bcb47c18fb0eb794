import type { LlmEnv } from '../../env.ts';
import { createRedactor } from '../../log/redact.ts';
import { cleanLine } from '../../text/clean.ts';
import { clip } from '../../text/clip.ts';
import { EnrichmentError, UnusableAnswerError } from '../errors.ts';
import type { Fault, FilingProblem, Trouble } from './fault.ts';
import type { Refusal } from './refusal.ts';

/** Length at which a provider's message is cut: the error is logged with its filing, and told to the admins. */
const LONGEST_REASON = 300;

/** Seconds of `Retry-After` from which on no other filing needs to ask either. */
const LONG_PAUSE = 60;

/** The fault of one filing, in words. */
export const FILING_PROBLEMS: Readonly<Record<FilingProblem, string>> = {
  'too long': 'The filing is too long for the model, whose context is set by the endpoint.',
  moderation: 'A content filter refused the filing.',
};

/** Codes of TLS errors: the certificate, or a server that speaks no TLS. */
const TLS = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/;

/** A proxy's 407 to what `fetch` sends: it gives no reason at all for that. Or to the tunnel that it wants. */
const PROXY_LOGIN = /: Error$|proxy response \(407\)/i;
const NEEDS_PROXY_LOGIN =
  'cannot be reached: it seems that a proxy wants a login (407). Put its user and password into HTTPS_PROXY.';

/** The words about a refusal, and the setting to change. */
interface Explanation {
  readonly text: (refusal: Refusal, llm: LlmEnv) => string;
  /** True when every filing would be refused until somebody does something. */
  readonly lasts?: boolean;
}

const TROUBLES: Readonly<Record<Trouble, Explanation>> = {
  credit: {
    lasts: true,
    text: ({ status }) => `has no credit left${by(status)}. Top up the account of LLM_API_KEY, or raise its budget.`,
  },
  quota: {
    lasts: true,
    text: ({ status }) =>
      `has used up its allowance of the day${by(status)}. It goes on by itself once that starts again, or with a larger plan.`,
  },
  key: { lasts: true, text: explainKey },
  account: {
    lasts: true,
    text: ({ status }) => `has closed the account of LLM_API_KEY, or a part of it${by(status)}.`,
  },
  verification: {
    lasts: true,
    text: ({ status }) =>
      `serves only verified accounts${by(status)}. Verify the account of LLM_API_KEY, or choose another LLM_MODEL.`,
  },
  memory: {
    lasts: true,
    text: ({ status }, { model }) =>
      `cannot load the model ${model}${by(status)}. Free memory on its machine, or choose a smaller LLM_MODEL.`,
  },
  model: { lasts: true, text: explainAddress },
  address: { lasts: true, text: explainAddress },
  region: {
    lasts: true,
    text: ({ status }) =>
      `does not serve the region of this machine${by(status)}. Set LLM_BASE_URL to another endpoint.`,
  },
  proxy: {
    lasts: true,
    text: () => NEEDS_PROXY_LOGIN,
  },
  firewall: {
    lasts: true,
    text: explainFirewall,
  },
  rate: { text: ({ status }) => `went on limiting the rate${by(status)}. Lower LLM_MAX_CONCURRENT.` },
  busy: { text: ({ status }) => `kept failing${by(status)}.` },
  refused: { text: ({ status }) => `refused the request${by(status)}. Check LLM_MODEL and LLM_BASE_URL.` },
};

/** Explains what a refusal means and what an operator can do about it, and quotes it. */
export function explainRefusal(refusal: Refusal, fault: Fault, llm: LlmEnv): EnrichmentError {
  const { text, lasts = false } = explanationFor(refusal, fault);
  const said = refusal.message === '' ? '' : ` It says: ${quote(refusal.message, llm)}`;
  const concernsAll = lasts || (refusal.retryAfterSeconds ?? 0) > LONG_PAUSE;
  return failure(`${text(refusal, llm)}${said}`, llm, {
    status: refusal.status,
    concerns: concernsAll ? 'all' : undefined,
  });
}

/** Explains that the endpoint refuses a format of the answer, and also a request that asks for none. */
export function explainNoFormat({ status, message }: Refusal, llm: LlmEnv): UnusableAnswerError {
  const what = `gives no structured output with ${llm.model}, and no answer without${by(status)}`;
  return new UnusableAnswerError(`${hostOf(llm)} ${what}. Choose another LLM_MODEL. It says: ${quote(message, llm)}`);
}

/** Explains that a reply with status 200 is no JSON at all. */
export function explainUnreadable({ isPage, message }: Refusal, llm: LlmEnv): EnrichmentError {
  const what = isPage ? 'a web page' : quote(message, llm) || 'an empty body';
  return failure(
    `gave no answer that can be read (${what}). Check LLM_BASE_URL, and that the endpoint is up.`,
    llm,
    {},
  );
}

/** Explains why there was no reply. `error` becomes the cause. */
export function explainNoReply(error: unknown, llm: LlmEnv): EnrichmentError {
  const causes = causesOf(error);
  const { what, lasts } = explainSilence(causes, llm);
  return failure(what, llm, { cause: error, concerns: lasts ? 'all' : undefined });
}

function explanationFor({ status }: Refusal, fault: Fault): Explanation {
  if (fault.about === 'endpoint') return TROUBLES[fault.trouble];
  if (status === 402) return TROUBLES.credit;
  if (status !== undefined && status >= 500 && status !== 501) return TROUBLES.busy;
  return TROUBLES.refused;
}

/** The status in brackets; nothing where nobody sent one. */
function by(status: number | undefined): string {
  return status === undefined ? '' : ` (${status})`;
}

function explainFirewall({ status, isPage }: Refusal): string {
  if (isPage) return `answers with a web page${by(status)}: of a firewall or a proxy, if LLM_BASE_URL is right.`;
  return `stands behind a firewall that refuses this machine${by(status)}. Ask whoever runs it, or change LLM_BASE_URL.`;
}

function explainKey({ status }: Refusal, { apiKey }: LlmEnv): string {
  if (apiKey === undefined) return `wants a key${by(status)}. Set LLM_API_KEY.`;
  return `refused the key${by(status)}. Check LLM_API_KEY.`;
}

function explainAddress({ status }: Refusal, { model }: LlmEnv): string {
  return `knows no model ${model}, or is not at this address${by(status)}. Check LLM_MODEL and LLM_BASE_URL.`;
}

function explainSilence(causes: readonly Cause[], llm: LlmEnv): { readonly what: string; readonly lasts: boolean } {
  const reason = quote(causes.map(({ text }) => text).join(': '), llm);
  if (PROXY_LOGIN.test(reason)) return { what: NEEDS_PROXY_LOGIN, lasts: true };
  if (causes.some(({ code }) => TLS.test(code))) {
    const advice = 'Set NODE_EXTRA_CA_CERTS to the file of its certificate authority, or correct LLM_BASE_URL.';
    return { what: `cannot be reached over TLS (${reason}). ${advice}`, lasts: true };
  }
  const isLate = /timed? ?out/i.test(causes[0]?.text ?? '');
  return { what: isLate ? explainTimeout(llm) : unreadable(reason), lasts: false };
}

function explainTimeout({ timeoutMs, maxRetries }: LlmEnv): string {
  const attempts = maxRetries === 0 ? '' : ` in any of ${maxRetries + 1} attempts`;
  return `did not answer within ${timeoutMs / 1000} s${attempts}. Raise LLM_TIMEOUT_SECONDS if it is slow.`;
}

function unreadable(reason: string): string {
  return `gave no answer that can be read (${reason}). Check LLM_BASE_URL, and that the endpoint is up.`;
}

type FailureOptions = ConstructorParameters<typeof EnrichmentError>[1];

function failure(what: string, llm: LlmEnv, options: FailureOptions): EnrichmentError {
  return new EnrichmentError(`${hostOf(llm)} ${what}`, options);
}

function hostOf({ baseUrl }: LlmEnv): string {
  return `The LLM endpoint ${new URL(baseUrl).host}`;
}

/** Quotes a provider, which may repeat the key that it refuses, or whole pages. */
function quote(text: string, { apiKey }: LlmEnv): string {
  const redactor = createRedactor(apiKey === undefined ? [] : [apiKey]);
  return clip(cleanLine(redactor.text(text)), LONGEST_REASON);
}

/** An error in the chain that led to another. */
interface Cause {
  readonly text: string;
  readonly code: string;
}

/** Lists an error and its causes: `fetch` says "fetch failed", and only its causes say why. */
function causesOf(error: unknown): Cause[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return [{ text: error.message || code || error.name, code }, ...causesOf(error.cause)];
}
