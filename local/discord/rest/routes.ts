import { commandRoutes } from './commands.ts';
import { interactionRoutes } from './interactions.ts';
import { messageRoutes } from './messages.ts';
import { placeRoutes } from './places.ts';
import type { Route } from './router.ts';
import { webhookRoutes } from './webhooks.ts';

/** Everything the local Discord answers. A fixed path stands before a pattern that would match it too. */
export const routes: readonly Route[] = [
  ...placeRoutes,
  ...messageRoutes,
  ...commandRoutes,
  ...interactionRoutes,
  ...webhookRoutes,
];
