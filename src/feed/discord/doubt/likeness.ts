import { MessageFlags, type APIMessage } from 'discord.js';

import { fingerprintOf, type Fingerprint } from './fingerprint.ts';

/**
 * The likeness of a message of the channel to what was sent.
 *
 * - `exact`: it is the same to the letter.
 * - `alike`: something of it is the same, and nothing differs but what Discord rewrites.
 * - `kindred`: the texts differ, but it alone has the links and the titles of the item.
 * - `unclear`: nothing is left of it that could be compared.
 * - `other`: something differs.
 */
export type Likeness = 'exact' | 'alike' | 'kindred' | 'unclear' | 'other';

/** Tells whether one likeness says more for a message than another. */
export function isBetter(one: Likeness, other: Likeness): boolean {
  return likenesses.indexOf(one) < likenesses.indexOf(other);
}

type PartLikeness = 'same' | 'differs' | 'silent';

const likenesses: readonly Likeness[] = ['exact', 'alike', 'kindred', 'unclear', 'other'];

/** The best of the likenesses to any of the tries. */
export function likenessToAny(tries: readonly Fingerprint[], message: APIMessage): Likeness {
  const found = tries.map((sent) => likeness(sent, message));
  return likenesses.find((one) => found.includes(one)) ?? 'other';
}

function likeness(sent: Fingerprint, message: APIMessage): Likeness {
  const shown = fingerprintOf({ ...message });
  const parts = [
    likenessOfText(sent.threadName, shown.threadName),
    likenessOfText(sent.content, shown.content),
    ...likenessOfEmbeds(sent, shown, message),
    likenessOfComponents(sent, shown, message),
    likenessOfText(sent.poll, shown.poll),
    likenessOfText(sent.stickers, shown.stickers),
    likenessOfText(sent.forward, shown.forward),
  ];
  if (parts.includes('differs')) return 'other';
  if (!parts.includes('same')) return 'unclear';
  return sent.exact === shown.exact ? 'exact' : 'alike';
}

function likenessOfText(sent: string, shown: string): PartLikeness {
  if (sent !== shown) return 'differs';
  return sent === '' ? 'silent' : 'same';
}

/** Embeds that Discord adds, for a link, come after those that were sent. A moderator may have hidden them all. */
function likenessOfEmbeds(sent: Fingerprint, shown: Fingerprint, { flags }: APIMessage): PartLikeness[] {
  if (((flags ?? 0) & MessageFlags.SuppressEmbeds) !== 0) return [];
  return sent.embeds.map((embed, index) => {
    const other = shown.embeds[index];
    if (other === undefined) return 'differs';
    if (embed.texts !== '' || other.texts !== '') return likenessOfText(embed.texts, other.texts);
    // Discord rewrites the addresses of some pictures, so that others say nothing.
    return embed.media === other.media && embed.media !== '' ? 'same' : 'silent';
  });
}

/** A bot takes away buttons, or disables them, when they have done their work. */
function likenessOfComponents(sent: Fingerprint, shown: Fingerprint, message: APIMessage): PartLikeness {
  const differs = sent.hasComponents !== shown.hasComponents || sent.components !== shown.components;
  if (differs) return sent.hasComponents && message.edited_timestamp !== null ? 'silent' : 'differs';
  return likenessOfText(sent.components, shown.components);
}
