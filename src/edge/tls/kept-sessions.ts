/**
 * The sessions that the server keeps for the clients of one set of rules: of those that have no tickets, and where clients are asked for certificates. A ticket would carry the
 * client's certificate without those that it had sent along, by which alone its chain can be judged, whoever it is that comes back with it. So such a session is kept only if the
 * client showed no certificate, or a good one without others: then it is judged by the same as before when the session is taken up again.
 */

import type { X509Certificate } from 'node:crypto';
import type { Server } from 'node:tls';
import type { Clock } from '../../kernel/clock.ts';
import type { TlsContextSettings } from '../../protocol/control/edge.ts';
import type { ClientHello } from '../../protocol/tls/client-hello.ts';
import { asksClients } from '../../protocol/tls/context-options.ts';
import { sessionCertificateOf } from '../../protocol/tls/session-parts.ts';
import type { ExpiringTable } from '../shared/expiring-table.ts';

export interface SessionMemory {
  readonly table: ExpiringTable;
  readonly clock: Clock;
}

interface Judged {
  readonly id: Buffer;
  readonly session: Buffer;
  readonly certificate: Buffer;
}

/** RFC 5246 7.4.1.2. A ticket of TLS 1.3 that stands for a session which the server keeps is its id. */
const SESSION_ID_BYTES_MAX = 32;
/** A message is read as soon as it has been given to Node, and those of a few connections may be given before. */
const WANTED_MAX = 256;

export function keepsSessions(settings: TlsContextSettings): boolean {
  return asksClients(settings)
    ? settings.usesTickets || settings.keepsSessions
    : settings.keepsSessions && !settings.usesTickets;
}

export class KeptSessions {
  readonly #settings: TlsContextSettings;
  readonly #memory: SessionMemory;
  /** By the id in a message: the session of TLS 1.3 that it wants. */
  readonly #wanted = new Map<string, Buffer>();
  /** The certificate of the last client, if its sessions may be kept. Those of TLS 1.3 are made behind the handshake. */
  #good: Buffer | undefined;
  /** A session of TLS 1.2, which is made before its client is judged, in the same turn. */
  #unjudged: Judged | undefined;

  constructor(settings: TlsContextSettings, memory: SessionMemory) {
    this.#settings = settings;
    this.#memory = memory;
  }

  listen(server: Server): void {
    server.on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
      this.#take(id, session);
      done();
    });
    // Asked with the id in the message, which in TLS 1.3 is not that of the session.
    server.on('resumeSession', (id: Buffer, resume: (error: Error | null, session: Buffer | null) => void) => {
      const wanted = this.#wanted.get(id.toString('latin1')) ?? id;
      resume(null, this.#memory.table.find(wanted, this.#memory.clock.nowMs()) ?? null);
    });
  }

  /** The message is about to be given to Node. */
  want({ ticket, sessionId }: ClientHello): void {
    if (ticket === undefined || ticket.length > SESSION_ID_BYTES_MAX) {
      return;
    }
    if (this.#wanted.size >= WANTED_MAX) {
      this.#wanted.clear();
    }
    this.#wanted.set(sessionId.toString('latin1'), Buffer.from(ticket));
  }

  /** The handshake of a client is over. `isGood`: nothing is wrong with its certificate. */
  judge(certificate: X509Certificate | undefined, isGood: boolean): void {
    this.#good = certificate !== undefined && isGood && isAlone(certificate) ? certificate.raw : undefined;
    const unjudged = this.#unjudged;
    this.#unjudged = undefined;
    if (unjudged !== undefined && this.#good?.equals(unjudged.certificate) === true) {
      this.#keep(unjudged.id, unjudged.session);
    }
  }

  #take(id: Buffer, session: Buffer): void {
    if (!asksClients(this.#settings)) {
      this.#keep(id, session);
      return;
    }
    const certificate = sessionCertificateOf(session);
    if (certificate !== undefined && (certificate.length === 0 || this.#good?.equals(certificate) === true)) {
      this.#keep(id, session);
    } else if (certificate !== undefined) {
      this.#unjudged = { id, session, certificate };
    }
  }

  #keep(id: Buffer, session: Buffer): void {
    const { table, clock } = this.#memory;
    table.put(id, session, clock.nowMs() + this.#settings.sessionMs);
  }
}

/** The client has sent no other certificate, but perhaps that of the authority, which signs itself. */
function isAlone({ issuerCertificate: issuer }: X509Certificate): boolean {
  return issuer === undefined || issuer.checkIssued(issuer);
}
