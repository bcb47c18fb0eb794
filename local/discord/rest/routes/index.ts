import type { Route } from '../router.ts';
import { commandRoutes } from './commands.ts';
import { directoryRoutes } from './directory.ts';
import { interactionRoutes } from './interactions.ts';
import { messageRoutes } from './messages.ts';
import { crosspostRoutes } from './crosspost.ts';
import { threadRoutes } from './threads.ts';
import { webhookRoutes } from './webhooks.ts';

/** Every route. A fixed path comes before a pattern that would match it too. */
export const routes: readonly Route[] = [
  ...directoryRoutes,
  ...messageRoutes,
  ...crosspostRoutes,
  ...threadRoutes,
  ...commandRoutes,
  ...interactionRoutes,
  ...webhookRoutes,
];
