/**
 * TLS for the connections that are given to it, by `node:tls`: 1.2 and 1.3, HTTP/1.1 by ALPN, sessions resumed by tickets that all threads can open. The first message of the
 * client is read before OpenSSL sees it, and says which site is meant: so all rules of a site hold from the beginning of the handshake, also those that OpenSSL asks for
 * before it looks at names.
 */

import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { RECORD_BYTES_MAX } from '../../config/model/site-tls.ts';
import type { NamedKey, TicketKeysByLifetime, TlsSettings } from '../../protocol/control/edge.ts';
import type { Staple } from '../../protocol/control/staple.ts';
import type { TlsFacts } from '../../protocol/http/exchange.ts';
import type { PeerTls } from '../../protocol/http/peer-tls.ts';
import type { ClientHello, HelloReading } from '../../protocol/tls/client-hello.ts';
import { ClientHelloReader } from '../../protocol/tls/client-hello.ts';
import { asksClients } from '../../protocol/tls/context-options.ts';
import type { BareConnection } from '../../relay/sockets/bare-connection.ts';
import { DirectTlsSocket } from '../../relay/sockets/direct-tls-socket.ts';
import { carrierOf } from '../../relay/sockets/node-internals.ts';
import type { NamedCertificate } from '../../upstream/tls/named-certificates.ts';
import { NamedCertificates } from '../../upstream/tls/named-certificates.ts';
import type { ConnectionTable } from '../connections/connection-table.ts';
import type { CountedLog } from '../faults/counted-log.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { HandshakeSites } from '../transport/connection-services.ts';
import type { HandshakeSteps } from './bare-handshake.ts';
import { BareHandshake } from './bare-handshake.ts';
import type { ClientChain } from './client-chain.ts';
import { clientChain } from './client-chain.ts';
import { faultOfClient } from './client-fault.ts';
import type { ClientStatuses } from './client-statuses.ts';
import type { SessionMemory } from './kept-sessions.ts';
import { NO_TLS, SecuredPeer } from './secured-peer.ts';
import type { TlsContext } from './tls-contexts.ts';
import { TlsContexts } from './tls-contexts.ts';
import { factsOf } from './tls-facts.ts';
import type { Shaking } from './tls-handshake.ts';
import { TlsHandshake } from './tls-handshake.ts';
import type { TlsStream } from './tls-stream.ts';

/** Where a connection has come to, and what becomes of it. */
export interface TlsListening {
  /**
   * How names in handshakes lead to sites. Requests of clients that speak no TLS, or have no good certificate, are read all the same then, and refused as the site
   * says. Undefined: there is one site.
   */
  readonly sites: HandshakeSites | undefined;
  /** How long the first byte behind the handshake may take, and what the connection shares with others meanwhile. Undefined: nobody waits for that. */
  readonly patience: { readonly firstByteMs: number; readonly services: unknown } | undefined;
  /** `first`: what has been waited for; what follows is read from the socket. */
  onSecured(socket: TlsStream, secured: { facts: TlsFacts; tls: PeerTls; first: Buffer | undefined }): void;
  /** The client does not speak TLS, where there are `sites`: its bytes are still to be read from the stream, which is paused. */
  onPlain(carrier: Socket, tls: PeerTls): void;
  /** The connection has been closed before the handshake was over: neither of the two above is called. */
  onLost?(): void;
}

export interface AcceptorOptions {
  readonly settings: TlsSettings;
  readonly kept: SessionMemory;
  /** What authorities say of the certificates of clients. */
  readonly statuses: Pick<ClientStatuses, 'check'>;
  readonly table: ConnectionTable;
  /** What connections of the thread are read into. */
  readonly buffer: Buffer;
  /** As RFC 9110 5.6.7 writes it. */
  readonly date: () => string;
  /** What is told of clients with whom there is no TLS. */
  readonly faults: CountedLog;
  /** What is told of certificates that were not found for a client. */
  readonly certificateFaults: CountedLog;
  readonly onBug: (what: string, error: unknown) => void;
}

type Handshake = TlsHandshake<TlsListening>;
type HandshakeError = NodeJS.ErrnoException & { readonly reason?: string };

/** Who was met in a handshake. */
interface Met {
  readonly settings: TlsContext['settings'];
  readonly certificate?: X509Certificate | undefined;
  readonly fault?: string | undefined;
  /** As in `Shaken`. */
  readonly statusFault?: string | undefined;
  /** What has come behind the handshake. */
  readonly first?: Buffer | undefined;
}

/** Bodies of answers with 400, which nginx gives too: to a client that speaks plain HTTP, and to one without a certificate that is known. */
const TO_PLAIN = 'This address speaks HTTPS: ask for it with https:// in front.\n';
const TO_STRANGER = 'This address is for clients with a certificate that it knows.\n';
const NOTHING = Buffer.alloc(0);
/** A record with a fatal alert, unrecognized_name (RFC 6066 3). */
const UNRECOGNIZED_NAME = Buffer.from([21, 3, 3, 0, 2, 2, 112]);
/** The same with internal_error (RFC 8446 6.2). */
const INTERNAL_ERROR = Buffer.from([21, 3, 3, 0, 2, 2, 80]);
/** With this bit in the first byte a client may be one of SSL 2, which OpenSSL refuses. */
const SSL2_BIT = 0x80;

/** Other settings are another acceptor's: a handshake ends by those by which it began. */
export class TlsAcceptor {
  readonly #options: AcceptorOptions;
  readonly #handshakes = new WeakMap<Socket, Handshake>();
  readonly #contexts: TlsContexts;
  /** Certificates whose names have variables, by the passwords of their keys. */
  readonly #files = new Map<string, NamedCertificates>();
  readonly #steps: HandshakeSteps<TlsListening> = {
    contextOf: (handshake, hello) => this.#choose(handshake, hello),
    mayWait: (handshake) => {
      const { patience } = handshake.waiting;
      if (patience !== undefined) {
        handshake.waitFor(this.#options.table.nowMs + patience.firstByteMs, patience.services);
      }
      return patience !== undefined;
    },
    onSecured: (handshake, handle, { context, first }) => {
      const socket = new DirectTlsSocket(handle, this.#options.buffer);
      handshake.becomes(socket);
      this.#onSecured(socket, handshake, { settings: context.settings, first });
    },
    onFailed: (handshake, error) => this.#tellFault(handshake, error),
    onClose: (handshake) => this.#lose(handshake),
    onStream: (socket, handshake, message) => {
      this.#follow(socket, handshake);
      this.#goOn(socket, handshake, message);
    },
  };

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#contexts = new TlsContexts(options.settings, options.kept, {
      onSecured: (socket, context) => this.#guard(socket, () => this.#onTlsSocket(socket, context)),
      onFailed: (error, socket) => this.#guard(socket, () => this.#onFailed(error, socket)),
    });
  }

  renewTicketKeys(keys: TicketKeysByLifetime): void {
    this.#contexts.renewTicketKeys(keys);
  }

  renewStaples(staples: readonly Staple[]): void {
    this.#contexts.renewStaples(staples);
  }

  /** Until the handshake has succeeded, or the connection is closed. */
  accept(socket: Socket, address: string, listening: TlsListening): void {
    const handshake = this.#begin(socket, address, listening);
    this.#follow(socket, handshake);
    this.#readHello(socket, handshake);
  }

  /** The same for a connection that is no stream. Only if `isTlsDirect`. */
  acceptBare(connection: BareConnection, address: string, listening: TlsListening): void {
    const handshake = this.#begin(connection, address, listening);
    connection.read(new BareHandshake(connection, handshake, this.#steps));
  }

  #begin(connection: Shaking, address: string, listening: TlsListening): Handshake {
    const { table, faults, onBug } = this.#options;
    const handshake: Handshake = new TlsHandshake(connection, address, {
      dueMs:
        table.nowMs + Math.min(EDGE_LIMITS.handshakeMs, listening.patience?.firstByteMs ?? EDGE_LIMITS.handshakeMs),
      waiting: listening,
      onOverdue: () => faults.tell(address, 'it took too long'),
      onBug: (error) => onBug('a TLS handshake', error),
    });
    table.add(handshake);
    return handshake;
  }

  #follow(socket: Socket, handshake: Handshake): void {
    this.#handshakes.set(socket, handshake);
    socket.on('close', () => this.#lose(handshake));
    socket.on('error', () => undefined); // 'close' follows
  }

  #readHello(socket: Socket, handshake: Handshake): void {
    const reader = new ClientHelloReader();
    let read: Buffer | undefined;
    const onData = (bytes: Buffer): void => {
      read = read === undefined ? bytes : Buffer.concat([read, bytes]);
      const reading = reader.read(read);
      if (reading.kind === 'partial') {
        return;
      }
      socket.off('data', onData).off('end', onEnd);
      socket.pause();
      try {
        socket.unshift(read);
        this.#goOn(socket, handshake, { reading, read });
      } catch (error) {
        handshake.onBug(error);
      }
    };
    // A client that connects and leaves without a word has only looked whether somebody is there.
    const onEnd = (): void => {
      socket.destroy();
    };
    // Whoever has read the header of the PROXY protocol may have paused it.
    socket.on('data', onData).on('end', onEnd).resume();
  }

  /** `read` is still to be read from the socket. */
  #goOn(socket: Socket, handshake: Handshake, { reading, read }: { reading: HelloReading; read: Buffer }): void {
    const isPlain = reading.kind === 'other' && ((read[0] ?? 0) & SSL2_BIT) === 0;
    if (isPlain && handshake.waiting.sites !== undefined) {
      this.#handOver(handshake, () => handshake.waiting.onPlain(socket, NO_TLS));
      return;
    }
    const hello = reading.kind === 'hello' ? reading.hello : undefined;
    const context = this.#choose(handshake, hello);
    if (handshake.fault !== undefined) {
      const { address, fault } = handshake;
      this.#options.certificateFaults.tell(address, fault);
      socket.end(INTERNAL_ERROR).resume();
      return;
    }
    if (context === undefined || context.settings.rejectsHandshake) {
      this.#options.faults.tell(handshake.address, 'no site has the name that it asks for');
      socket.end(UNRECOGNIZED_NAME).resume();
      return;
    }
    this.#contexts.begin(context, socket, hello);
  }

  /** By the name of the site that is meant. A message that cannot be read is OpenSSL's to refuse. */
  #choose(handshake: Handshake, hello: ClientHello | undefined): TlsContext | undefined {
    const { sites } = handshake.waiting;
    const fallback = sites?.fallback ?? 0;
    const name = hello?.serverName ?? '';
    const site = name === '' || sites === undefined ? fallback : sites.siteNamed(name);
    // The rest is not kept for as long as the connection lasts.
    handshake.hello = hello && { ...hello, sessionId: NOTHING, signatureSchemes: NOTHING, ticket: undefined };
    handshake.site = site;
    const context = this.#contexts.contextOf([site, fallback], hello?.ticket);
    if (context?.settings.named !== undefined) {
      return this.#withFound(handshake, context, context.settings.named);
    }
    return hello?.wantsStatus === true ? context?.for(hello) : context;
  }

  /** Undefined: the certificates for this client cannot be shown, and `fault` of the handshake says why. */
  #withFound(handshake: Handshake, context: TlsContext, named: readonly NamedKey[]): TlsContext | undefined {
    const facts = { serverName: handshake.hello?.serverName ?? '', address: handshake.address };
    const { texts } = handshake.waiting.sites ?? {};
    const found: NamedCertificate[] = [];
    for (const { certFile, keyFile, passwords } of named) {
      const [cert, key] = [certFile, keyFile].map((template) => texts?.render(template, facts) ?? '');
      const files = this.#filesWith(passwords).find(cert ?? '', key ?? '');
      if (!files.ok) {
        handshake.fault = files.fault;
        return undefined;
      }
      found.push(files.value);
    }
    const made = context.with(found);
    handshake.fault = made.ok ? undefined : `cannot load certificate: ${made.fault}`;
    return made.ok ? made.value : undefined;
  }

  #filesWith(passwords: readonly string[]): NamedCertificates {
    const key = JSON.stringify(passwords);
    const known =
      this.#files.get(key) ?? new NamedCertificates(passwords, () => this.#options.kept.clock.monotonicMs());
    this.#files.set(key, known);
    return known;
  }

  #onTlsSocket(socket: TLSSocket, { settings, kept }: TlsContext): void {
    const handshake = this.#handshakeOf(socket);
    if (handshake === undefined) {
      socket.destroy();
      return;
    }
    // The certificate is asked for once: what Node makes of it takes the chain out of the connection.
    const certificate = asksClients(settings) ? socket.getPeerX509Certificate() : undefined;
    const authorities = `${settings.caCerts}\n${settings.trustedCerts}`;
    const chain = certificate && (socket.authorized ? clientChain(certificate, authorities) : undefined);
    const nowMs = this.#options.kept.clock.nowMs();
    const fault = certificate && faultOfClient(socket, chain, settings, nowMs);
    kept?.judge(certificate, fault === undefined);
    if (chain !== undefined && fault === undefined && settings.clientStatus !== 'none') {
      this.#askAuthorities(socket, handshake, { settings, chain }).catch((error: unknown) => handshake.onBug(error));
    } else {
      this.#onSecured(socket, handshake, { settings, certificate, fault });
    }
  }

  /** Nothing is read of the client meanwhile. */
  async #askAuthorities(
    socket: TLSSocket,
    handshake: Handshake,
    { settings, chain }: { readonly settings: TlsContext['settings']; readonly chain: ClientChain },
  ): Promise<void> {
    const { table, statuses } = this.#options;
    handshake.goOn(table.nowMs + EDGE_LIMITS.clientStatusMs + 2 * EDGE_LIMITS.tickMs);
    const statusFault = await statuses.check(handshake.address, chain, settings);
    if (!handshake.isHandedOver) {
      const [certificate] = chain.certificates;
      this.#guard(socket, () => this.#onSecured(socket, handshake, { settings, certificate, statusFault }));
    }
  }

  #onSecured(socket: TlsStream, handshake: Handshake, met: Met): void {
    const { settings, certificate, fault, statusFault, first } = met;
    const { hello, site, waiting } = handshake;
    const peer = new SecuredPeer(socket, {
      ...{ hello, site, certificate, fault, statusFault, curves: settings.curves },
    });
    const refused = this.#refusalOf(peer, settings.clients, certificate !== undefined);
    if (refused !== undefined && waiting.sites === undefined) {
      this.#options.faults.tell(handshake.address, refused);
      socket.on('error', () => socket.destroy()).resume();
      socket.end(this.#refusal(TO_STRANGER));
      return;
    }
    // A client may go on reading when it sends no more. (In a handshake, a client that has closed its sending side has gone.)
    socket.allowHalfOpen = true;
    if (settings.recordBytesMax < RECORD_BYTES_MAX) {
      socket.setMaxSendFragment(settings.recordBytesMax);
    }
    const facts = factsOf(socket, certificate, peer.certificateFault?.words);
    this.#handOver(handshake, () => waiting.onSecured(socket, { facts, tls: peer, first }));
  }

  /** The handshake leaves the table after the connection has come into it: an edge that stops ends as soon as its table is empty. */
  #handOver(handshake: Handshake, act: () => void): void {
    handshake.isHandedOver = true;
    try {
      act();
    } finally {
      this.#options.table.remove(handshake);
    }
  }

  /** The connection is closed. */
  #lose(handshake: Handshake): void {
    this.#options.table.remove(handshake);
    if (!handshake.isHandedOver) {
      handshake.isHandedOver = true;
      handshake.waiting.onLost?.();
    }
  }

  /** An error of ours ends the handshake in which it is made. */
  #guard(socket: TLSSocket, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.onBug('a TLS handshake', error);
      socket.destroy();
    }
  }

  #refusal(text: string): string {
    const fields = `Date: ${this.#options.date()}\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close\r\n`;
    return `HTTP/1.1 400 Bad Request\r\n${fields}\r\n${text}`;
  }

  #handshakeOf(socket: TLSSocket): Handshake | undefined {
    const carrier = carrierOf(socket);
    return carrier && this.#handshakes.get(carrier);
  }

  #refusalOf(
    { certificateFault, isUnknownAuthority }: PeerTls,
    clients: TlsContext['settings']['clients'],
    hasCertificate: boolean,
  ): string | undefined {
    if (clients === 'required' && !hasCertificate) {
      return 'it has no certificate';
    }
    return certificateFault === undefined || (clients === 'unverified' && isUnknownAuthority)
      ? undefined
      : `its certificate is refused (${certificateFault.words})`;
  }

  #onFailed(error: HandshakeError, socket: TLSSocket): void {
    if (error.code === 'ERR_SSL_HTTP_REQUEST') {
      carrierOf(socket)?.write(this.#refusal(TO_PLAIN));
    }
    const handshake = this.#handshakeOf(socket);
    // A client that connects and leaves without a word has only looked whether somebody is there.
    if (handshake !== undefined && error.code !== 'ECONNRESET') {
      this.#tellFault(handshake, error);
    }
  }

  #tellFault({ address }: Handshake, error: HandshakeError): void {
    this.#options.faults.tell(address, error.reason ?? error.code ?? error.message);
  }
}
