/**
 * What handshakes are made with: for each set of rules an object of `node:tls`, made when the first client comes whom it concerns. A thousand sites, of which ten are asked for,
 * cost a thread ten.
 */

import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { createSecureContext, createServer } from 'node:tls';
import type { Clock } from '../../kernel/clock.ts';
import type { TlsContextSettings, TlsSettings } from '../../protocol/control/edge.ts';
import type { ClientHello } from '../../protocol/tls/client-hello.ts';
import { asksClients, contextOptions } from '../../protocol/tls/context-options.ts';
import type { HandshakeStart } from '../../relay/sockets/direct-tls.ts';
import type { SessionTable } from '../shared/session-table.ts';

/** How `shakeHands` is called. */
export type DirectContext = Pick<HandshakeStart, 'context' | 'alpn'>;

/** A set of rules with one ticket key. What handshakes are made with is made when the first one needs it. */
export class TlsContext {
  readonly settings: TlsContextSettings;
  readonly #ticketKey: string;
  readonly #prepare: (context: TlsContext, server: Server) => void;
  #server: Server | undefined;
  #direct: DirectContext | undefined;

  /** `prepare`: listens to a server of it. */
  constructor(settings: TlsContextSettings, ticketKey: string, prepare: (context: TlsContext, server: Server) => void) {
    this.settings = settings;
    this.#ticketKey = ticketKey;
    this.#prepare = prepare;
  }

  /** Never listens: it is given connections. */
  get server(): Server {
    if (this.#server === undefined) {
      const { settings } = this;
      this.#server = createServer({
        ...contextOptions(settings, this.#ticketKey),
        ...alpnOf(settings),
        requestCert: asksClients(settings),
        // Whether a certificate is accepted is decided when the handshake is over, by whoever can say why.
        rejectUnauthorized: false,
      });
      this.#prepare(this, this.#server);
    }
    return this.#server;
  }

  /** For handshakes without a stream of Node's. Undefined: they ask for what only `server` has. */
  get direct(): DirectContext | undefined {
    const { settings } = this;
    if (settings.rejectsHandshake || asksClients(settings) || keepsSessions(settings)) {
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

/** Keeps sessions for clients that have no tickets. */
export interface KeptSessions {
  readonly table: SessionTable;
  readonly clock: Clock;
}

export interface ContextEvents {
  onSecured(socket: TLSSocket, context: TlsContext): void;
  onFailed(error: Error, socket: TLSSocket): void;
}

/** The name of a key that tickets begin with, which tells by which key one is sealed. */
const KEY_NAME_BYTES = 16;

/** RFC 5246 7.4.1.2. A ticket of TLS 1.3 that stands for a session which the server keeps is its id. */
const SESSION_ID_BYTES_MAX = 32;
/** A message is read as soon as it has been given to Node, and those of a few connections may be given before. */
const WANTED_MAX = 256;

export class TlsContexts {
  readonly #settings: TlsSettings;
  readonly #events: ContextEvents;
  readonly #kept: KeptSessions;
  /** By the ticket key, for each set of rules. */
  readonly #made = new Map<number, Map<string, TlsContext>>();
  /** What tickets begin with that a key has sealed. There are as many as the settings have keys. */
  readonly #keyNames = new Map<string, Buffer>();
  /** By the id in a message: the session of TLS 1.3 that it wants. */
  readonly #wanted = new Map<string, Buffer>();

  constructor(settings: TlsSettings, kept: KeptSessions, events: ContextEvents) {
    this.#settings = settings;
    this.#kept = kept;
    this.#events = events;
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
    const keys = settings.ticketKeys.length > 0 ? settings.ticketKeys : this.#settings.ticketKeys;
    const key = (ticket && keys.find((each) => this.#isSealedBy(ticket, each))) ?? keys[0] ?? '';
    const made = this.#made.get(index) ?? new Map<string, TlsContext>();
    const known = made.get(key);
    if (known !== undefined) {
      return known;
    }
    const fresh = new TlsContext(settings, key, (context, server) => this.#prepare(context, server));
    this.#made.set(index, made.set(key, fresh));
    return fresh;
  }

  /** The handshake begins: its session may be one that the server keeps. */
  begin({ server, settings }: TlsContext, socket: Socket, hello: ClientHello | undefined): void {
    if (hello?.ticket !== undefined && hello.ticket.length <= SESSION_ID_BYTES_MAX && keepsSessions(settings)) {
      if (this.#wanted.size >= WANTED_MAX) {
        this.#wanted.clear();
      }
      this.#wanted.set(hello.sessionId.toString('latin1'), Buffer.from(hello.ticket));
    }
    server.emit('connection', socket);
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
    const { settings } = context;
    if (keepsSessions(settings)) {
      const { table, clock } = this.#kept;
      server.on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
        table.put(id, session, clock.nowMs() + settings.sessionMs);
        done();
      });
      // Asked with the id in the message, which in TLS 1.3 is not that of the session.
      server.on('resumeSession', (id: Buffer, resume: (error: Error | null, session: Buffer | null) => void) => {
        const wanted = this.#wanted.get(id.toString('latin1')) ?? id;
        resume(null, table.find(wanted, clock.nowMs()) ?? null);
      });
    }
    server.on('secureConnection', (socket) => this.#events.onSecured(socket, context));
    server.on('tlsClientError', (error, socket) => this.#events.onFailed(error, socket));
  }
}

/** A server that is given protocols refuses a client that has others. */
function alpnOf({ alpn = ['http/1.1', 'http/1.0'] }: TlsContextSettings): { readonly ALPNProtocols?: string[] } {
  return alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] };
}

function keepsSessions(settings: TlsContextSettings): boolean {
  // A session that is resumed keeps the verdict on the client's certificate.
  return settings.keepsSessions && !settings.usesTickets && !asksClients(settings);
}
