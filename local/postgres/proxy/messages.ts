/** A message of PostgreSQL's protocol. */
export interface Message {
  /** Its letter. Empty for the first messages of a connection, which have none. */
  readonly type: string;
  readonly body: Buffer;
}

const LETTER = 1;
const LENGTH = 4;

/** Cuts one direction of a connection into messages. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @param isTyped False as long as the messages have no letter. Asked before each one. */
  *read(chunk: Buffer, isTyped: () => boolean): Generator<Message> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const header = (isTyped() ? LETTER : 0) + LENGTH;
      if (this.#rest.length < header) return;
      const size = header - LENGTH + this.#rest.readUInt32BE(header - LENGTH);
      if (this.#rest.length < size) return;
      const type = this.#rest.toString('latin1', 0, header - LENGTH);
      const body = this.#rest.subarray(header, size);
      this.#rest = this.#rest.subarray(size);
      yield { type, body };
    }
  }
}

/** The statement in a message of a client that has one: `Query`, or `Parse` behind the name of what it prepares. */
export function statementIn({ type, body }: Message): string | undefined {
  if (type === 'Q') return textAt(body, 0);
  return type === 'P' ? textAt(body, body.indexOf(0) + 1) : undefined;
}

function textAt(body: Buffer, start: number): string {
  return body.toString('utf8', start, body.indexOf(0, start));
}

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

/** Tells whether a first message asks for encryption, which the server answers with a letter before the start. */
export function asksForEncryption({ type, body }: Message): boolean {
  return type === '' && [SSL_REQUEST, GSS_REQUEST].includes(body.readUInt32BE(0));
}
