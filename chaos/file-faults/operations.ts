import type { Granted, Invocation, Notice, OperationKind } from './protocol.ts';

/** The answer to an operation. One that was refused may or may not have taken effect. */
export type Answer =
  | {
      readonly accepted: true;
      readonly at: number;
      readonly granted: readonly Granted[];
      readonly unseen: readonly string[];
    }
  | { readonly accepted: false; readonly at: number; readonly code: string; readonly message: string };

/** An operation of a client. Times are in milliseconds since the start of the run. */
export interface Operation extends Omit<Invocation, 'operation'> {
  readonly client: string;
  readonly invokedAt: number;
  /** Undefined if the client was killed before: nobody knows whether it took effect. */
  readonly answer: Answer | undefined;
}

/** An operation that was acknowledged: the store promises that it has taken effect, once, between the two times. */
export type Acknowledged = Operation & { readonly answer: Extract<Answer, { accepted: true }> };

export interface Delivery extends Granted {
  readonly client: string;
  readonly at: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The operations of all clients, as they tell of them. */
export class Operations {
  readonly #all: Mutable<Operation>[] = [];
  readonly #open = new Map<string, Mutable<Operation>>();
  readonly #latestMarks = new Map<string, number>();
  readonly deliveries: Delivery[] = [];

  get all(): readonly Operation[] {
    return this.#all;
  }

  note(client: string, notice: Notice): void {
    if (notice.event === 'invoked') this.#invoke(client, notice);
    if (notice.event === 'delivered')
      this.deliveries.push({ client, at: notice.at, id: notice.id, token: notice.token });
    if (notice.event === 'accepted') this.#answer(client, notice.operation, { ...notice, accepted: true });
    if (notice.event === 'refused') this.#answer(client, notice.operation, { ...notice, accepted: false });
  }

  /** The latest time at which a client asked for a mark that was acknowledged. */
  latestMarkOf(client: string): number {
    return this.#latestMarks.get(client) ?? -Infinity;
  }

  #invoke(client: string, { operation, at, kind, ids, token }: Extract<Notice, { event: 'invoked' }>): void {
    const invoked = { client, kind, ids, ...(token === undefined ? {} : { token }), invokedAt: at, answer: undefined };
    this.#all.push(invoked);
    this.#open.set(`${client} ${operation}`, invoked);
  }

  #answer(client: string, operation: number, answer: Answer): void {
    const key = `${client} ${operation}`;
    const invoked = this.#open.get(key);
    if (invoked === undefined)
      throw new Error(`Client ${client} answered operation ${operation}, which it never began.`);
    invoked.answer = answer;
    this.#open.delete(key);
    if (answer.accepted && invoked.kind === 'mark') this.#latestMarks.set(client, invoked.invokedAt);
  }
}

export function isAcknowledged(operation: Operation): operation is Acknowledged {
  return operation.answer?.accepted === true;
}

/** Selects the acknowledged operations of a kind. */
export function acknowledged(operations: readonly Operation[], ...kinds: readonly OperationKind[]): Acknowledged[] {
  return operations.filter(isAcknowledged).filter(({ kind }) => kinds.includes(kind));
}

/** Names an operation, for a person: its answer came between the two times. */
export function describe({ kind, client, ids, token, invokedAt, answer }: Operation): string {
  const subject = token === undefined ? '' : ` of ${ids.join(', ')} with token ${token}`;
  return `${kind}${subject} by ${client} at ${invokedAt.toFixed(1)}–${answer?.at.toFixed(1) ?? '?'} ms`;
}
