import type { Route } from '../router.ts';
import { commandRoutes } from './commands.ts';
import { directoryRoutes } from './directory.ts';
import { interactionRoutes } from './interactions.ts';
import { messageRoutes } from './messages.ts';
import { webhookRoutes } from './webhooks.ts';

/** Every route. A fixed path comes before a pattern that would match it too. */
export const routes: readonly Route[] = [
  ...directoryRoutes,
  ...messageRoutes,
  ...commandRoutes,
  ...interactionRoutes,
  ...webhookRoutes,
];
