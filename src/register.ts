import './index.ts';
import '@sapphire/plugin-subcommands/register';
import { SapphireClient } from '@sapphire/framework';

import { noteRegistration } from './container/registration.ts';
import { SeenPlugin } from './plugins/seen-plugin.ts';

SapphireClient.plugins.use(SeenPlugin);
noteRegistration();
