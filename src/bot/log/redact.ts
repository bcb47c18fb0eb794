const REDACTED = '[redacted]';

/** Names of fields and headers whose text is a secret, wherever they stand. */
const SECRET_NAME = /(token|secret|password|passwd|api[-_]?key|authorization|cookie)$/i;

/** Secrets that are recognized by their shape or their place, even when nobody named them. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  // discord.js puts the tokens of webhooks and interactions into the URL of its errors.
  [/(\/(?:webhooks|interactions)\/\d{15,21}\/)[^/?#\s"'<>]+/g, `$1${REDACTED}`],
  [/\b(Bot|Bearer|Basic)\s+[\w.~+/=-]{20,}/g, `$1 ${REDACTED}`],
  [/\b[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}/g, REDACTED],
  [/\bsk-[\w-]{16,}/g, REDACTED],
];

/** Length of the shortest secret: redacting a shorter one would take ordinary words out of the logs. */
const SHORTEST_SECRET = 4;

/** Takes secrets out of what is logged. */
export interface Redactor {
  /** Returns the text with a placeholder for every secret. */
  text(text: string): string;
  /** Tells whether a field of this name is a secret as a whole. */
  isSecretName(name: string): boolean;
  readonly placeholder: string;
}

/**
 * Makes a redactor of the given secrets, as they are and as they look in a URL, and of those that their shape gives
 * away.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const literals = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    // The longest first, so that a secret that contains another one is replaced whole.
    .toSorted((a, b) => b.length - a.length);
  return {
    text: (text) => {
      const known = literals.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
      return SECRET_TEXT.reduce((rest, [pattern, replacement]) => rest.replaceAll(pattern, replacement), known);
    },
    isSecretName: (name) => SECRET_NAME.test(name),
    placeholder: REDACTED,
  };
}
