// A Sapphire bot in ES modules that uses the built package by its name. See package.test.ts.
import { container, SapphireClient } from '@sapphire/framework';
import 'sapphire-plugin-seen/register';
import { runBot } from './bot-of-any-kind.cjs';

await runBot({ container, SapphireClient });
