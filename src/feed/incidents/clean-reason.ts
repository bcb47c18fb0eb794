import { codeOf, reasonOf } from '../../store/errors.ts';

const REDACTED = '[redacted]';
const MAX_LENGTH = 300;
/** Length after which a text is dropped unread: an error may carry a whole page. */
const MAX_READ = 2_000;
/** Errors of a chain that are read, at most: a cause may lead back to its effect. */
const MAX_CAUSES = 4;

/** Secrets that their place or their shape gives away. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/(\/\/)[^\s/@]+@/g, `$1${REDACTED}@`],
  [/([?&;][\w.-]*(?:token|key|secret|passw(?:or)?d|sig|signature|auth|code)=)[^&;\s"'<>]+/gi, `$1${REDACTED}`],
  [
    /\b((?:authorization|cookie|[\w-]*(?:token|secret|password|passwd|api[-_]?key))["']?\s*[:=]\s*["']?)(?:(?:Bot|Bearer|Basic)\s+)?[^\s"',;&]+/gi,
    `$1${REDACTED}`,
  ],
  [/\b(Bot|Bearer|Basic)\s+[\w.~+/=-]{8,}/g, `$1 ${REDACTED}`],
  [/(\/(?:webhooks|interactions)\/\d{15,21}\/)[^/?#\s"'<>]+/g, `$1${REDACTED}`],
  [/\b[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{20,}/g, REDACTED],
  [/\b(?:sk|pk|rk|ghp|gho|xox[a-z])[-_][\w-]{16,}/g, REDACTED],
  // Whatever else is as long, without a space, and of letters and digits.
  [/\b(?=\w*\d)(?=\w*[A-Za-z])\w{32,}\b/g, REDACTED],
];

/** Characters that a reader cannot see but can be fooled by, and the ends of lines. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu;

/** An error with its causes, in one line: of a request that failed, only the cause says why. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  let next: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES; depth += 1) {
    const text = reasonOf(next) || codeOf(next) || 'an error without a message';
    if (!parts.some((part) => part.includes(text))) parts.push(text);
    if (!(next instanceof Error) || next.cause === undefined) break;
    next = next.cause;
  }
  return parts.join(': ');
}

/** Makes one line of a reason, without secrets, of at most 300 characters. */
export function cleanReason(reason: string): string {
  const line = reason.slice(0, MAX_READ).toWellFormed().replaceAll(INVISIBLE, ' ').replaceAll(/\s+/g, ' ').trim();
  const safe = SECRETS.reduce((text, [pattern, replacement]) => text.replaceAll(pattern, replacement), line);
  if (safe === '') return 'no reason was given';
  if (safe.length <= MAX_LENGTH) return safe;
  // Not the first half of a character that has two.
  const head = safe.slice(0, MAX_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${head.trimEnd()}…`;
}
