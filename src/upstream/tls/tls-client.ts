/**
 * TLS towards servers behind us, by one policy: secure contexts that are made once, sessions that are taken up again, and whether the server is the one that
 * was meant. A handshake itself is Node's: whoever connects gives `options` of a `ClientHandshake` to `tls.connect`.
 */

import { isIP } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { createSecureContext, getCACertificates } from 'node:tls';
import type { UpstreamTls } from '../../config/model/proxying.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { UpstreamTlsFiles } from '../../protocol/control/upstream-tls-files.ts';
import { clientContextOptions } from '../../protocol/tls/client-context-options.ts';
import { UPSTREAM_TLS_LIMITS } from './limits.ts';
import type { NamedCertificates } from './named-certificates.ts';
import { serverNameOf } from './server-name.ts';
import { SessionStore } from './session-store.ts';
import { whyNotTrusted } from './trust.ts';

/** What of a policy depends on the request; templates that have been rendered. */
export interface HandshakeRequest {
  /** Of the server: it tells the sessions of servers apart. */
  readonly peer: string;
  /** `proxy_ssl_name`: a port behind it is left away. */
  readonly name: string;
  /** Paths; '' for no certificate. Looked at only where the names of the files have variables. */
  readonly certFile: string;
  readonly keyFile: string;
  /** That the server is offered (ALPN), the best first. */
  readonly protocols?: readonly string[];
}

export interface ClientHandshake {
  /** For `tls.connect`, beside where to connect. */
  readonly options: HandshakeOptions;
  /** Once, when the handshake is done. Undefined: the server is trusted. Otherwise what stands in the error log, and the connection is to be closed. */
  onSecured(socket: TLSSocket): string | undefined;
  /** At each 'session' of the socket. */
  onSession(session: Buffer): void;
}

export interface HandshakeOptions {
  readonly secureContext: SecureContext;
  /** '': the server is told no name. */
  readonly servername: string;
  readonly session?: Buffer;
  readonly ALPNProtocols?: string[];
  readonly rejectUnauthorized: false;
  /** Names are compared in `onSecured`: Node would do so by `servername`, which need not be sent. */
  readonly checkServerIdentity: () => undefined;
}

/** The variable of the name comes to nothing: only its folder is left. */
const NO_FILE = /^$|\/\.\/$/;

/** A name may come from a client. Others could not be sent, and are in no certificate. */
const HOST_NAME = /^[\w.-]{1,253}$/;

/** A context, and the sessions that were made with it: others have not been verified by its authorities. */
interface Client {
  readonly context: SecureContext;
  readonly sessions: SessionStore;
}

export class TlsClient {
  readonly #policy: UpstreamTls;
  readonly #files: UpstreamTlsFiles;
  /** Undefined: the names of the client's certificate have no variables. */
  readonly #certificates: NamedCertificates | undefined;
  readonly #clients = new Map<string, Client>();

  constructor(policy: UpstreamTls, files: UpstreamTlsFiles, certificates?: NamedCertificates) {
    this.#policy = policy;
    this.#files = files;
    this.#certificates = certificates;
  }

  /** A failure is a sentence for the error log: the request is answered with 500. */
  begin({ peer, name, certFile, keyFile, protocols = [] }: HandshakeRequest): Outcome<ClientHandshake> {
    const client = this.#clientFor(certFile, keyFile);
    if (!client.ok) {
      return client;
    }
    const { context, sessions } = client.value;
    const { verifies, sendsName, reusesSessions } = this.#policy;
    const wanted = serverNameOf(name);
    const servername = sendsName && isIP(wanted) === 0 && HOST_NAME.test(wanted) ? wanted : '';
    const key = `${peer}\n${wanted}`;
    const session = reusesSessions ? sessions.find(key) : undefined;
    return success(
      new Handshake({
        options: {
          secureContext: context,
          servername,
          ...(session === undefined ? {} : { session }),
          ...(protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }),
          rejectUnauthorized: false,
          checkServerIdentity,
        },
        judge: verifies ? (socket) => whyNotTrusted(socket, wanted, this.#policy.depth) : trustAnybody,
        keep: reusesSessions ? (fresh) => sessions.keep(key, fresh) : undefined,
      }),
    );
  }

  #clientFor(certFile: string, keyFile: string): Outcome<Client> {
    if (this.#certificates === undefined || NO_FILE.test(certFile)) {
      return this.#clientWith('', this.#files);
    }
    const found = this.#certificates.find(certFile, keyFile);
    return found.ok ? this.#clientWith(found.value.id, found.value) : found;
  }

  #clientWith(id: string, { cert, key }: Pick<UpstreamTlsFiles, 'cert' | 'key'>): Outcome<Client> {
    const known = this.#clients.get(id);
    if (known !== undefined) {
      return success(known);
    }
    try {
      const context = createSecureContext({
        ...clientContextOptions(this.#policy, { ...this.#files, cert, key }),
        ...(this.#policy.verifies && this.#files.trusted === '' ? { ca: systemAuthorities() } : {}),
      });
      const client = { context, sessions: new SessionStore(UPSTREAM_TLS_LIMITS.sessionsMax) };
      this.#forgetOldest();
      this.#clients.set(id, client);
      return success(client);
    } catch (error) {
      const { message, reason } = error as Error & { readonly reason?: string };
      return failure(`TLS with the server cannot be prepared: ${reason ?? message}`);
    }
  }

  #forgetOldest(): void {
    const [oldest] = this.#clients.keys();
    if (oldest !== undefined && this.#clients.size >= UPSTREAM_TLS_LIMITS.contextsMax) {
      this.#clients.delete(oldest);
    }
  }
}

interface HandshakeParts {
  readonly options: HandshakeOptions;
  readonly judge: (socket: TLSSocket) => string | undefined;
  readonly keep: ((session: Buffer) => void) | undefined;
}

class Handshake implements ClientHandshake {
  readonly options: HandshakeOptions;
  readonly #parts: HandshakeParts;
  /** TLS 1.2 tells of its session before the server has been judged. */
  #early: Buffer | undefined;
  #isTrusted = false;

  constructor(parts: HandshakeParts) {
    this.options = parts.options;
    this.#parts = parts;
  }

  onSecured(socket: TLSSocket): string | undefined {
    const fault = this.#parts.judge(socket);
    this.#isTrusted = fault === undefined;
    if (this.#isTrusted && this.#early !== undefined) {
      this.#parts.keep?.(this.#early);
    }
    this.#early = undefined;
    return fault;
  }

  onSession(session: Buffer): void {
    if (this.#isTrusted) {
      this.#parts.keep?.(session);
    } else {
      this.#early = session;
    }
  }
}

function checkServerIdentity(): undefined {
  return undefined;
}

function trustAnybody(): undefined {
  return undefined;
}

/** Those that the administrator of the machine trusts; a company's own are among them. Without any, those that come with Node.js. */
function systemAuthorities(): string[] {
  const system = getCACertificates('system');
  return system.length > 0 ? system : getCACertificates('bundled');
}
