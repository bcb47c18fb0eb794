import type { Server } from 'node:http';
import type { Clock } from '../clock.ts';
import { Changes } from './changes.ts';
import { CommandRegistry } from './commands.ts';
import { Directory } from './directory.ts';
import { Gateway } from './gateway/gateway.ts';
import { InteractionRegistry } from './interactions/registry.ts';
import { MessageStore } from './messages/store.ts';
import { NonceWindow } from './nonce.ts';
import { Snowflakes } from './snowflake.ts';
import type { World } from './world.ts';

export interface ServiceOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly nonceWindowMs: number;
  readonly responseTimeoutMs: number;
  readonly heartbeatIntervalMs: number | undefined;
}

/** Everything that the routes and the tests' handles work on. */
export interface Services {
  readonly clock: Clock;
  readonly snowflakes: Snowflakes;
  readonly changes: Changes;
  readonly directory: Directory;
  readonly gateway: Gateway;
  readonly nonces: NonceWindow;
  readonly messages: MessageStore;
  readonly commands: CommandRegistry;
  readonly interactions: InteractionRegistry;
  readonly responseTimeoutMs: number;
}

/** @param origin Where `server` listens: `127.0.0.1:PORT`. */
export function createServices(server: Server, origin: string, options: ServiceOptions): Services {
  const { world, clock, nonceWindowMs, responseTimeoutMs, heartbeatIntervalMs } = options;
  const snowflakes = new Snowflakes(clock);
  const changes = new Changes();
  const directory = new Directory(world);
  const gateway = new Gateway(server, `ws://${origin}/gateway`, directory, changes, heartbeatIntervalMs);
  const shared = { clock, snowflakes, changes, directory, publish: gateway.publish, origin: `http://${origin}` };
  return {
    clock,
    snowflakes,
    changes,
    directory,
    gateway,
    nonces: new NonceWindow(clock, nonceWindowMs),
    messages: new MessageStore(shared),
    commands: new CommandRegistry(world.application.id, snowflakes),
    interactions: new InteractionRegistry(clock, snowflakes),
    responseTimeoutMs,
  };
}
