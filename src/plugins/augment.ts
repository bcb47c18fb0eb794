import type { Cycle } from '../store/contract/cycles.ts';
import type { SeenStore } from '../store/contract/seen-store.ts';
import type { SeenPluginOptions } from './options.ts';

declare module 'discord.js' {
  interface ClientOptions {
    /** Options of `sapphire-plugin-seen`. */
    seen?: SeenPluginOptions;
  }

  interface ClientEvents {
    /** A feed has finished a cycle. */
    seenCycle: [cycle: Cycle];
    /** A feed's cycle ended in an error. After a `FeedUnauthorizedError`, every later one will as well. */
    seenHalted: [feed: string, error: unknown];
  }
}

declare module '@sapphire/pieces' {
  interface Container {
    /**
     * Remembers what the bot's feeds have posted. Undefined before the login, after `stopBot`, and where the plugin is off:
     * `requireSeenStore()` says which. In a process with several clients it is that of the last login.
     */
    seen: SeenStore | undefined;
  }
}
