/** One error in one field of a form. */
interface FieldError {
  readonly code: string;
  readonly message: string;
}

type Path = readonly (string | number)[];
type ErrorTree = { [key: string]: ErrorTree | FieldError[] };

/** An error answer of the API. `code` is one of Discord's JSON error codes. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: ErrorTree | undefined;

  constructor(status: number, code: number, message: string, errors?: ErrorTree) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  toJSON(): object {
    return { code: this.code, message: this.message, ...(this.errors && { errors: this.errors }) };
  }
}

/** Collects everything that is wrong with a request's body, so that one answer names all of it. */
export class FormErrors {
  readonly #tree: ErrorTree = {};
  readonly #within: Path;
  #count = 0;

  /** @param within The place of the checked part in the body. */
  constructor(within: Path = []) {
    this.#within = within;
  }

  add(path: Path, code: string, message: string): void {
    let node = this.#tree;
    for (const key of [...this.#within, ...path]) node = descend(node, String(key));
    const list = node['_errors'];
    if (Array.isArray(list)) list.push({ code, message });
    else node['_errors'] = [{ code, message }];
    this.#count += 1;
  }

  /** Returns the answer that carries the errors; undefined when there are none. */
  toError(): ApiError | undefined {
    return this.#count === 0 ? undefined : new ApiError(400, 50_035, 'Invalid Form Body', this.#tree);
  }

  throwIfAny(): void {
    const error = this.toError();
    if (error) throw error;
  }
}

function descend(node: ErrorTree, key: string): ErrorTree {
  const child = node[key];
  if (child !== undefined && !Array.isArray(child)) return child;
  return (node[key] = {});
}

/** Builds the answer to a body with a single error. */
export function formError(path: Path, code: string, message: string): ApiError {
  const errors = new FormErrors();
  errors.add(path, code, message);
  return errors.toError() ?? new ApiError(400, 50_035, 'Invalid Form Body');
}

export const unauthorized = (): ApiError => new ApiError(401, 0, '401: Unauthorized');
export const notFound = (): ApiError => new ApiError(404, 0, '404: Not Found');
export const unknownApplication = (): ApiError => new ApiError(404, 10_002, 'Unknown Application');
export const unknownChannel = (): ApiError => new ApiError(404, 10_003, 'Unknown Channel');
export const unknownGuild = (): ApiError => new ApiError(404, 10_004, 'Unknown Guild');
export const unknownMember = (): ApiError => new ApiError(404, 10_007, 'Unknown Member');
export const unknownMessage = (): ApiError => new ApiError(404, 10_008, 'Unknown Message');
export const unknownRole = (): ApiError => new ApiError(404, 10_011, 'Unknown Role');
export const unknownUser = (): ApiError => new ApiError(404, 10_013, 'Unknown User');
export const unknownWebhook = (): ApiError => new ApiError(404, 10_015, 'Unknown Webhook');
export const unknownInteraction = (): ApiError => new ApiError(404, 10_062, 'Unknown interaction');
export const unknownCommand = (): ApiError => new ApiError(404, 10_063, 'Unknown application command');
export const unknownTag = (): ApiError => new ApiError(404, 10_087, 'Unknown Tag');
export const alreadyAcknowledged = (): ApiError =>
  new ApiError(400, 40_060, 'Interaction has already been acknowledged.');
export const missingAccess = (): ApiError => new ApiError(403, 50_001, 'Missing Access');
export const notYourMessage = (): ApiError =>
  new ApiError(403, 50_005, 'Cannot edit a message authored by another user');
export const alreadyCrossposted = (): ApiError =>
  new ApiError(400, 40_033, 'This message has already been crossposted.');
export const noTagForMembers = (): ApiError =>
  new ApiError(400, 40_066, 'There are no tags available that can be set by non-moderators.');
export const tagRequired = (): ApiError =>
  new ApiError(400, 40_067, 'A tag is required to create a forum post in this channel');
export const notTextChannel = (): ApiError => new ApiError(400, 50_008, 'Cannot send messages in a non-text channel');
export const wrongChannelType = (): ApiError => new ApiError(400, 50_024, 'Cannot execute action on this channel type');
export const threadArchived = (): ApiError => new ApiError(400, 50_083, 'Thread is archived');
export const threadLocked = (): ApiError => new ApiError(403, 160_005, 'Thread is locked');
export const emptyMessage = (): ApiError => new ApiError(400, 50_006, 'Cannot send an empty message');
export const missingPermissions = (): ApiError => new ApiError(403, 50_013, 'Missing Permissions');
export const replyWithoutHistory = (): ApiError =>
  new ApiError(400, 160_002, 'Cannot reply without permission to read message history');
export const invalidWebhookToken = (): ApiError => new ApiError(401, 50_027, 'Invalid Webhook Token');
export const invalidJson = (): ApiError => new ApiError(400, 50_109, 'The request body contains invalid JSON.');
