import { formError, unknownApplication } from '../../api-error.ts';
import { checkCommand } from '../../commands/validate-command.ts';
import { isObject, type JsonObject } from '../../json.ts';
import type { Services } from '../../services.ts';
import { created, noContent, ok, type Route, route } from '../router.ts';

const GLOBAL = '/applications/:application/commands';
const GUILD = '/applications/:application/guilds/:guild/commands';

export const commandRoutes: readonly Route[] = [...routesUnder(GLOBAL), ...routesUnder(GUILD)];

type Params = Readonly<Record<string, string>>;

function routesUnder(base: typeof GLOBAL | typeof GUILD): Route[] {
  const one = `${base}/:command` as const;
  return [
    route('GET', base, (services, { params }) => ok(services.commands.in(scope(services, params)))),
    route('POST', base, (services, { params, body }) => {
      const { command, isNew } = services.commands.put(scope(services, params), checked(body));
      services.changes.announce();
      return isNew ? created(command) : ok(command);
    }),
    route('PUT', base, (services, { params, body }) => {
      if (!Array.isArray(body)) throw formError([], 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
      const commands = services.commands.replaceAll(scope(services, params), body.map(checked));
      services.changes.announce();
      return ok(commands);
    }),
    route('GET', one, (services, { params }) => ok(services.commands.get(scope(services, params), params.command))),
    route('PATCH', one, (services, { params, body }) => {
      const guildId = scope(services, params);
      const current = services.commands.get(guildId, params.command);
      const patch = isObject(body) ? body : {};
      checked({ ...current, ...patch });
      return ok(services.commands.patch(guildId, params.command, patch));
    }),
    route('DELETE', one, (services, { params }) => {
      services.commands.delete(scope(services, params), params.command);
      return noContent();
    }),
  ];
}

/** Returns the id of the guild that the commands belong to; undefined for global ones. */
function scope({ directory }: Services, params: Params): string | undefined {
  if (params['application'] !== directory.world.application.id) throw unknownApplication();
  const guildId = params['guild'];
  return guildId === undefined ? undefined : directory.guild(guildId).id;
}

function checked(body: unknown): JsonObject {
  checkCommand(body);
  return isObject(body) ? body : {};
}
