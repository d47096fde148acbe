/**
 * What handshakes are made with: for each set of rules an object of `node:tls`, made when the first client comes whom it concerns. A thousand sites, of which ten are asked for,
 * cost a thread ten.
 */

import type { Server, TLSSocket } from 'node:tls';
import { createServer } from 'node:tls';
import type { TlsContextSettings, TlsSettings } from '../../protocol/control/edge.ts';
import { asksClients, contextOptions } from '../../protocol/tls/context-options.ts';

export interface TlsContext {
  readonly settings: TlsContextSettings;
  /** Never listens: it is given connections. */
  readonly server: Server;
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
  readonly #made = new Map<string, TlsContext>();

  constructor(settings: TlsSettings, events: ContextEvents) {
    this.#settings = settings;
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
    const key = keys.find((each) => ticket !== undefined && isSealedBy(ticket, each)) ?? keys[0] ?? '';
    const name = `${index} ${key}`;
    const known = this.#made.get(name);
    if (known !== undefined) {
      return known;
    }
    const fresh = this.#make(settings, key);
    this.#made.set(name, fresh);
    return fresh;
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

  #make(settings: TlsContextSettings, ticketKey: string): TlsContext {
    const server = createServer({
      ...contextOptions(settings, ticketKey),
      ALPNProtocols: ['http/1.1', 'http/1.0'],
      requestCert: asksClients(settings),
      // Whether a certificate is accepted is decided when the handshake is over, by whoever can say why.
      rejectUnauthorized: false,
    });
    const context = { settings, server };
    server.on('secureConnection', (socket) => this.#events.onSecured(socket, context));
    server.on('tlsClientError', (error, socket) => this.#events.onFailed(error, socket));
    return context;
  }
}

function isSealedBy(ticket: Buffer, key: string): boolean {
  return ticket.compare(Buffer.from(key, 'base64'), 0, KEY_NAME_BYTES, 0, KEY_NAME_BYTES) === 0;
}
