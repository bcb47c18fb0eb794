/** A custom emoji, which becomes its name where the bot may not use it. */
const CUSTOM_EMOJI = /<a?(:\w+:)\d+>/g;
/** The older form of a user's mention. */
const NICKNAME_MENTION = /<@!(\d+)>/g;
/** White space, and whatever leaves no ink: control characters, marks for the direction of text, variation selectors. */
const WITHOUT_INK =
  /[^\p{L}\p{M}\p{N}\p{P}\p{S}]|[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}\u{034F}\u{115F}\u{1160}\u{3164}\u{FFA0}]/gu;

/** The part of a text that Discord gives back as it was sent: it drops some characters, and rewrites others. */
export function looseText(text: unknown): string {
  if (typeof text !== 'string') return '';
  return text
    .replaceAll(CUSTOM_EMOJI, '$1')
    .replaceAll(NICKNAME_MENTION, '<@$1>')
    .normalize('NFC')
    .replaceAll(WITHOUT_INK, '');
}

/** The one form that equal addresses have in common: with a path, decoded, and without a last slash. */
export function looseUrl(url: unknown): string {
  if (typeof url !== 'string') return '';
  const { href = url.trim() } = URL.parse(url) ?? {};
  return decoded(href).replace(/\/$/, '');
}

function decoded(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    // An address with a stray percent sign stays as it is, on both sides.
    return href;
  }
}
