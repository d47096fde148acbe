/**
 * What handshakes are made with: for each set of rules an object of `node:tls`, made when the first client comes whom it concerns. A thousand sites, of which ten are asked for,
 * cost a thread ten.
 */

import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { createSecureContext, createServer } from 'node:tls';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { TicketKeysByLifetime, TlsContextSettings, TlsSettings } from '../../protocol/control/edge.ts';
import type { Staple, StapledKey } from '../../protocol/control/staple.ts';
import { chooseCertificate } from '../../protocol/tls/choose-certificate.ts';
import type { ClientHello } from '../../protocol/tls/client-hello.ts';
import { asksClients, authoritiesOf, contextOptions } from '../../protocol/tls/context-options.ts';
import type { HandshakeStart } from '../../relay/sockets/direct-tls.ts';
import { createServerTelling } from '../../relay/sockets/told-authorities.ts';
import type { NamedCertificate } from '../../upstream/tls/named-certificates.ts';
import type { SessionMemory } from './kept-sessions.ts';
import { KeptSessions, keepsSessions } from './kept-sessions.ts';
import { Staples } from './staples.ts';

/** How `shakeHands` is called. */
export type DirectContext = Pick<HandshakeStart, 'context' | 'alpn'>;

interface ContextParts {
  readonly staples: Staples;
  readonly memory: SessionMemory;
  /** Listens to a server of the context. */
  prepare(context: TlsContext, server: Server): void;
}

/** Contexts of one set of rules whose certificates were found for clients: 50 to 100 KB each. */
const FOUND_MAX = 64;
const TLS12 = 0x0303;
const TLS13 = 0x0304;
/** No response of an authority. */
const NOTHING = null as unknown as Buffer;

/** A set of rules with one ticket key. What handshakes are made with is made when the first one needs it. */
export class TlsContext {
  readonly settings: TlsContextSettings;
  /** Undefined: the server keeps no sessions for these clients. */
  readonly kept: KeptSessions | undefined;
  readonly #ticketKey: string;
  readonly #parts: ContextParts;
  readonly #stapled: StapledKey | undefined;
  #server: Server | undefined;
  #direct: DirectContext | undefined;
  /** By what tells certificates apart that were found for clients. */
  readonly #found = new Map<string, TlsContext>();
  /** By certificate: this context with that one alone. */
  readonly #single: (TlsContext | undefined)[] = [];

  constructor(settings: TlsContextSettings, ticketKey: string, parts: ContextParts) {
    this.settings = settings;
    this.#ticketKey = ticketKey;
    this.#parts = parts;
    this.kept = keepsSessions(settings) ? new KeptSessions(settings, parts.memory) : undefined;
    this.#stapled = settings.certificates.length === 1 ? settings.certificates[0]?.stapled : undefined;
  }

  /** What the certificate's authority says of it: sent to clients that want it. Undefined also where it is not known which certificate will be shown. */
  get staple(): Buffer | undefined {
    return this.#stapled && this.#parts.staples.find(this.#stapled.key);
  }

  /** For a client that wants to know what the authority says: with the one certificate that it will be shown, if that can be told. */
  for(hello: ClientHello): TlsContext {
    const { certificates } = this.settings;
    const kinds = certificates.flatMap(({ stapled }) => stapled?.kind ?? []);
    if (certificates.length < 2 || kinds.length < certificates.length) {
      return this;
    }
    const index = chooseCertificate(kinds, hello, this.settings.protocols.at(-1) === 'TLSv1.2' ? TLS12 : TLS13);
    const certificate = index === undefined ? undefined : certificates[index];
    if (index === undefined || certificate === undefined) {
      return this;
    }
    this.#single[index] ??= new TlsContext(
      { ...this.settings, certificates: [certificate] },
      this.#ticketKey,
      this.#parts,
    );
    return this.#single[index];
  }

  /** The same with certificates that were found for a client. A failure is why OpenSSL does not take them. */
  with(certificates: readonly NamedCertificate[]): Outcome<TlsContext> {
    const id = certificates.map((each) => each.id).join('\n');
    const known = this.#found.get(id);
    if (known !== undefined) {
      return success(known);
    }
    const { named: _, ...settings } = this.settings;
    const shown = certificates.map(({ cert, key }) => ({ chain: cert, key }));
    const fresh = new TlsContext({ ...settings, certificates: shown }, this.#ticketKey, this.#parts);
    try {
      fresh.prepare();
    } catch (error) {
      const { message, reason } = error as Error & { readonly reason?: string };
      return failure(reason ?? message);
    }
    const [oldest] = this.#found.keys();
    if (oldest !== undefined && this.#found.size >= FOUND_MAX) {
      this.#found.delete(oldest);
    }
    this.#found.set(id, fresh);
    return success(fresh);
  }

  /** What handshakes are made with is made now, and not with the first one: it may be that OpenSSL does not take it. */
  prepare(): DirectContext | Server {
    return this.direct ?? this.server;
  }

  /** Never listens: it is given connections. */
  get server(): Server {
    if (this.#server === undefined) {
      const { settings } = this;
      const { ca: _all, ...options } = contextOptions(settings, this.#ticketKey);
      const make = (ca: string[] | undefined): Server =>
        createServer({
          ...options,
          ...alpnOf(settings),
          ...(ca && { ca }),
          requestCert: asksClients(settings),
          // Whether a certificate is accepted is decided when the handshake is over, by whoever can say why.
          rejectUnauthorized: false,
        });
      this.#server = asksClients(settings) ? createServerTelling(authoritiesOf(settings), make) : make([]);
      this.#parts.prepare(this, this.#server);
      if (this.#stapled !== undefined) {
        this.#server.on('OCSPRequest', (_certificate, _issuer, done) => done(null, this.staple ?? NOTHING));
      }
    }
    return this.#server;
  }

  /** For handshakes without a stream of Node's. Undefined: they ask for what only `server` has. */
  get direct(): DirectContext | undefined {
    const { settings } = this;
    if (settings.rejectsHandshake || asksClients(settings) || this.kept !== undefined) {
      return undefined;
    }
    if (this.#direct === undefined) {
      const { ALPNProtocols: protocols } = alpnOf(settings);
      this.#direct = {
        context: createSecureContext(contextOptions(settings, this.#ticketKey)),
        alpn: protocols && renderProtocols(protocols),
      };
    }
    return this.#direct;
  }
}

/** As OpenSSL takes them: each behind its length. */
function renderProtocols(protocols: readonly string[]): Buffer {
  return Buffer.concat(protocols.flatMap((name) => [Buffer.from([name.length]), Buffer.from(name, 'latin1')]));
}

export interface ContextEvents {
  onSecured(socket: TLSSocket, context: TlsContext): void;
  onFailed(error: Error, socket: TLSSocket): void;
}

/** The name of a key that tickets begin with, which tells by which key one is sealed. */
const KEY_NAME_BYTES = 16;

export class TlsContexts {
  readonly #settings: TlsSettings;
  readonly #events: ContextEvents;
  readonly #memory: SessionMemory;
  readonly #staples: Staples;
  /** By the ticket key, for each set of rules. */
  readonly #made = new Map<number, Map<string, TlsContext>>();
  /** What tickets begin with that a key has sealed. */
  readonly #keyNames = new Map<string, Buffer>();
  #ticketKeys: TicketKeysByLifetime;

  constructor(settings: TlsSettings, memory: SessionMemory, events: ContextEvents) {
    this.#settings = settings;
    this.#ticketKeys = settings.ticketKeys;
    this.#memory = memory;
    this.#events = events;
    this.#staples = new Staples(memory.clock);
    this.renewStaples(settings.staples ?? []);
  }

  /** Contexts of other keys are made when a client comes; those of keys that are gone are forgotten. */
  renewTicketKeys(keys: TicketKeysByLifetime): void {
    // They may be those of a plan that is about to come, whose sessions last for other times.
    this.#ticketKeys = { ...this.#ticketKeys, ...keys };
    this.#keyNames.clear();
    for (const [index, byKey] of this.#made) {
      const settings = this.#settings.contexts[index];
      const known = settings === undefined ? [] : this.#keysOf(settings);
      for (const key of [...byKey.keys()].filter((each) => !known.includes(each))) {
        byKey.delete(key);
      }
    }
  }

  renewStaples(staples: readonly Staple[]): void {
    this.#staples.set(staples);
  }

  /** How the first of these sites speaks that has rules; undefined: none has. */
  settingsOf(...sites: readonly number[]): TlsContextSettings | undefined {
    return this.#settings.contexts[this.#indexOf(sites)];
  }

  /** `ticket`: of a session that the client wants to take up again. Its key may be one before the present. */
  contextOf(sites: readonly number[], ticket: Buffer | undefined): TlsContext | undefined {
    const index = this.#indexOf(sites);
    const settings = this.#settings.contexts[index];
    if (settings === undefined) {
      return undefined;
    }
    const keys = this.#keysOf(settings);
    const key = (ticket && keys.find((each) => this.#isSealedBy(ticket, each))) ?? keys[0] ?? '';
    const made = this.#made.get(index) ?? new Map<string, TlsContext>();
    const known = made.get(key);
    if (known !== undefined) {
      return known;
    }
    const prepare = (context: TlsContext, server: Server): void => this.#prepare(context, server);
    const fresh = new TlsContext(settings, key, { staples: this.#staples, memory: this.#memory, prepare });
    this.#made.set(index, made.set(key, fresh));
    return fresh;
  }

  /** The handshake begins: its session may be one that the server keeps. */
  begin({ server, kept }: TlsContext, socket: Socket, hello: ClientHello | undefined): void {
    if (hello !== undefined) {
      kept?.want(hello);
    }
    server.emit('connection', socket);
  }

  #keysOf({ ticketKeys, sessionMs }: TlsContextSettings): readonly string[] {
    return ticketKeys.length > 0 ? ticketKeys : (this.#ticketKeys[sessionMs] ?? []);
  }

  #indexOf(sites: readonly number[]): number {
    for (const site of sites) {
      const index = this.#settings.sites[site];
      if (typeof index === 'number') {
        return index;
      }
    }
    return -1;
  }

  #isSealedBy(ticket: Buffer, key: string): boolean {
    let name = this.#keyNames.get(key);
    if (name === undefined) {
      name = Buffer.from(key, 'base64').subarray(0, KEY_NAME_BYTES);
      this.#keyNames.set(key, name);
    }
    // A client may send anything for a ticket, also something shorter than a name.
    return ticket.length >= KEY_NAME_BYTES && name.compare(ticket, 0, KEY_NAME_BYTES) === 0;
  }

  #prepare(context: TlsContext, server: Server): void {
    context.kept?.listen(server);
    server.on('secureConnection', (socket) => this.#events.onSecured(socket, context));
    server.on('tlsClientError', (error, socket) => this.#events.onFailed(error, socket));
  }
}

/** A server that is given protocols refuses a client that has others. */
function alpnOf({ alpn = ['http/1.1', 'http/1.0'] }: TlsContextSettings): { readonly ALPNProtocols?: string[] } {
  return alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] };
}
