import type { ComponentType } from 'discord.js';

import type { PlainBody } from './plain-body.ts';

/** The flag of a message that is made of components. Versions of discord.js before 14.19 have no name for it. */
export const IS_COMPONENTS_V2 = 32_768;

/** The type of a component that is a text, which these versions have no name for either. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- its number in Discord's API
export const TEXT_DISPLAY = 10 as ComponentType.TextDisplay;

/** A message that is made of components has neither content nor embeds. */
export function isMadeOfComponents({ flags }: PlainBody): boolean {
  return ((flags ?? 0) & IS_COMPONENTS_V2) !== 0;
}
