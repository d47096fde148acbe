/** Has the edge use certificates whose files were renewed, and new keys of tickets, and tells in time of a certificate that is about to expire. */

import type { EdgeHost } from './children/edge-host.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log/log.ts';
import type { PreparedServer } from './prepare.ts';

export class CertificateWatch {
  readonly #server: PreparedServer;
  readonly #edge: Pick<EdgeHost, 'send'>;
  readonly #log: Pick<Log, 'say'>;

  constructor(server: PreparedServer, edge: Pick<EdgeHost, 'send'>, log: Pick<Log, 'say'>) {
    this.#server = server;
    this.#edge = edge;
    this.#log = log;
  }

  start(): void {
    setInterval(() => void this.#look(), SUPERVISOR_LIMITS.certificatePollMs).unref();
    setInterval(() => this.#warnOfExpiry(), SUPERVISOR_LIMITS.certificateWarnMs).unref();
  }

  async #look(): Promise<void> {
    const { certificates } = this.#server;
    if (certificates.hasChanged) {
      await this.renew();
    }
    // Those of a new configuration may have come meanwhile.
    const isNew = this.#server.certificates.rotateTicketKeys();
    const { tls } = this.#server.certificates;
    if (isNew && tls !== undefined) {
      this.#edge.send({ kind: 'tls', tls });
    }
  }

  async renew(): Promise<void> {
    const { certificates } = this.#server;
    const renewed = await certificates.renew();
    const { tls } = certificates;
    if (certificates !== this.#server.certificates) {
      return; // Those of a new configuration have come meanwhile.
    }
    if (!renewed.ok) {
      this.#log.say('warning', `the certificate in use is kept: ${renewed.fault}`);
    } else if (renewed.value && tls !== undefined) {
      this.#edge.send({ kind: 'tls', tls });
      this.#log.say('info', `new files of the certificate are in use: ${certificates.summary}`);
      this.#warnOfExpiry();
    }
  }

  #warnOfExpiry(): void {
    for (const warning of this.#server.certificates.expiryWarnings()) {
      this.#log.say('warning', warning);
    }
  }
}
