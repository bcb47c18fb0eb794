import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The program that makes certificates, where it is installed. */
export function findOpenssl(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'openssl')).find((path) => existsSync(path));
}

/** The paths of a certificate and of its key. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** The host of a server, or the user that a client may be. */
  readonly name: string;
  /** Days for which it is valid from now on; fewer than none for one that has expired. Default: 2. */
  readonly days?: number;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority that certifies servers and clients of this machine. Nobody else knows it. */
export class Authority {
  readonly certificate: string;
  readonly #folder: string;
  readonly #key: string;
  #certified = 0;

  /** @param folder A folder for its files and those of its certificates, made if it is missing. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    const { certificate, key } = certifyItself(join(folder, 'authority'), 'authority of a test');
    this.certificate = certificate;
    this.#key = key;
  }

  certify({ name, days = 2 }: CertificateOptions): Certificate {
    this.#certified += 1;
    const path = join(this.#folder, `${this.#certified}`);
    const [request, extensions] = [`${path}.csr`, `${path}.ext`];
    const made = { certificate: `${path}.pem`, key: `${path}.key` };
    openssl(['req', '-new', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', made.key, '-out', request]);
    writeFileSync(extensions, `subjectAltName=DNS:${name}\n`);
    const by = ['-CA', this.certificate, '-CAkey', this.#key, '-CAcreateserial'];
    const forIt = ['-in', request, '-extfile', extensions, '-days', `${days}`];
    openssl(['x509', '-req', ...forIt, ...by, '-out', made.certificate]);
    return made;
  }
}

/** Makes a certificate that nobody but its owner vouches for. @param path The path of its files, but for the ending. */
export function certifyItself(path: string, name: string): Certificate {
  const made = { certificate: `${path}.pem`, key: `${path}.key` };
  openssl(['req', '-x509', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', made.key, '-out', made.certificate]);
  return made;
}

function openssl(args: readonly string[]): void {
  const program = findOpenssl();
  if (program === undefined) throw new Error('openssl is not installed: apt-get install openssl');
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]} failed: ${stderr ?? 'it did not start'}`, { cause: error });
}
