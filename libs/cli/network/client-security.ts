import { SuiteError } from '../../core/errors.ts';
import type { Server } from '../../transport/record-stream.ts';
import type { TlsMaterial } from '../../transport/tls.ts';
import { parseToken } from '../../transport/tokens.ts';
import type { Context } from '../command.ts';
import { isLoopback } from '../loopback.ts';
import { readSecret, readTls } from './security-files.ts';
import type { ClientSecurityArguments } from './security-options.ts';
import { formatServerAddress, type ServerAddress } from './server-address.ts';

/** The variable of the environment that holds a token. */
const TOKEN = 'PANOPTES_TOKEN';

/** How a reader proves who it is, and who its servers are. */
export class ClientSecurity {
  /** Empty for none. */
  readonly token: string;
  readonly #args: ClientSecurityArguments;
  readonly #warn: (message: string) => void;
  readonly #speaksTls: boolean;
  #material: TlsMaterial;
  #said = '';
  #toldOfToken = false;

  private constructor(args: ClientSecurityArguments, token: string, material: TlsMaterial, warn: Context['warn']) {
    this.#args = args;
    this.token = token;
    this.#material = material;
    this.#warn = warn;
    this.#speaksTls = args['tls-ca'] !== undefined || args['tls-cert'] !== undefined;
  }

  /** @throws {SuiteError} for files that cannot be read or are not what they should be */
  static async open(
    args: ClientSecurityArguments,
    { env, warn }: Pick<Context, 'env' | 'warn'>,
  ): Promise<ClientSecurity> {
    const file = args['token-file'];
    const said = env[TOKEN] ?? '';
    let token = said === '' ? '' : parseToken(said, `$${TOKEN}`);
    if (file !== undefined) token = parseToken(await readSecret(file), file);
    return new ClientSecurity(args, token, await readTls(args, warn), warn);
  }

  /**
   * How a server that `-S` names is reached. TLS is spoken when `argus-tls://` says so or an option names certificates, and never when
   * `argus-tcp://` says so.
   */
  server(address: ServerAddress): Server {
    const { host, port, tls = this.#speaksTls } = address;
    if (tls) return { host, port, tls: () => this.#renewed() };
    this.#warnOfToken(address);
    return { host, port };
  }

  #warnOfToken(address: ServerAddress): void {
    if (this.token === '' || isLoopback(address.host) || this.#toldOfToken) return;
    this.#toldOfToken = true;
    this.#warn(`the token goes to ${formatServerAddress(address)} in clear; whoever listens on the way can use it. Write argus-tls://.`); // prettier-ignore
  }

  /** Files as they are by now, so that new certificates need no restart; those from before when something is wrong with them. */
  async #renewed(): Promise<TlsMaterial> {
    try {
      this.#material = await readTls(this.#args, () => undefined);
      this.#said = '';
    } catch (error) {
      if (!(error instanceof SuiteError)) throw error;
      if (this.#said !== error.message) this.#warn(`${error.message}; the certificates from before are used`);
      this.#said = error.message;
    }
    return this.#material;
  }
}
