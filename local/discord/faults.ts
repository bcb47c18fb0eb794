/** A request as a fault plan sees it, before it is answered. */
export interface IncomingRequest {
  readonly method: string;
  /** Without the API's prefix and version: `/channels/1/messages`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Fault =
  /** Takes effect, and is answered with a server error all the same. Default status: 500. */
  | { readonly kind: 'applied-then-500'; readonly status?: number }
  /** Takes no effect, and is answered with exactly this. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Gets no answer: the socket hangs until the client gives up or the server closes. */
  | { readonly kind: 'timeout'; readonly applied: boolean }
  /** Gets its socket destroyed instead of an answer. */
  | { readonly kind: 'disconnect'; readonly applied: boolean };

/** Called with each request; returns the fault that it meets, if any. */
export type FaultPlan = (request: IncomingRequest) => Fault | undefined;

/** Lets the next `count` requests that match go wrong. */
export function failNext(count: number, fault: Fault, matches: (request: IncomingRequest) => boolean): FaultPlan {
  let left = count;
  return (request) => {
    if (left === 0 || !matches(request)) return undefined;
    left -= 1;
    return fault;
  };
}

/** Matches requests that create a message in the channel. */
export function createsMessage(channelId: string): (request: IncomingRequest) => boolean {
  return ({ method, path }) => method === 'POST' && path === `/channels/${channelId}/messages`;
}

export function takesEffect(fault: Fault | undefined): boolean {
  if (!fault || fault.kind === 'applied-then-500') return true;
  return fault.kind !== 'status' && fault.applied;
}
