import { Events, Listener } from '@sapphire/framework';

import { removeOutdatedRegistrations } from '../registration/remove-outdated.ts';
import { warnOfCollision } from '../registration/warn-of-collision.ts';

/** Puts the registrations in order once Sapphire has made those of this start. */
export class CommandsRegistered extends Listener<typeof Events.ApplicationCommandRegistriesRegistered> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: Events.ApplicationCommandRegistriesRegistered });
  }

  override async run(): Promise<void> {
    const { client } = this.container;
    warnOfCollision();
    if (client.isReady()) await removeOutdatedRegistrations(client);
  }
}
