/** Has the edge use certificates whose files were renewed, and new keys of tickets, and tells in time of a certificate that is about to expire. */

import { systemClock } from '../kernel/clock.ts';
import type { EdgeHost } from './children/edge-host.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log/log.ts';
import type { PreparedServer } from './prepare.ts';
import { StapleWatch } from './stapling/staple-watch.ts';

export interface CertificateWatchParts {
  readonly edge: Pick<EdgeHost, 'send' | 'startCount' | 'whenReady'>;
  readonly log: Pick<Log, 'say'>;
  readonly renewPlan: () => Promise<string | undefined>;
}

export class CertificateWatch {
  readonly #server: PreparedServer;
  readonly #edge: CertificateWatchParts['edge'];
  readonly #log: Pick<Log, 'say'>;
  readonly #renewPlan: () => Promise<string | undefined>;
  /** Files of TLS with servers were read that the plan does not have. */
  #isPlanOld = false;
  /** The last files that were read have a fault. */
  #isFaulty = false;

  /** `renewPlan`: has the edge serve the present model by what is known now. Resolves with what is in the way. */
  constructor(server: PreparedServer, { edge, log, renewPlan }: CertificateWatchParts) {
    this.#renewPlan = renewPlan;
    this.#server = server;
    this.#edge = edge;
    this.#log = log;
  }

  start(): void {
    const around = { edge: this.#edge, log: this.#log };
    const staples = new StapleWatch({ ...around, clock: systemClock, certificates: () => this.#server.certificates });
    setInterval(() => staples.look(), SUPERVISOR_LIMITS.staplePollMs).unref();
    staples.look();
    setInterval(() => this.#rotateTicketKeys(), SUPERVISOR_LIMITS.ticketKeyPollMs).unref();
    setInterval(() => void this.#look(), SUPERVISOR_LIMITS.certificatePollMs).unref();
    setInterval(() => this.#warnOfExpiry(), SUPERVISOR_LIMITS.certificateWarnMs).unref();
  }

  async #look(): Promise<void> {
    const { certificates } = this.#server;
    if (certificates.hasChanged) {
      // Whoever renews a certificate writes it before its key, or the other way round, and may be in the middle.
      setTimeout(() => void this.renew(), SUPERVISOR_LIMITS.certificateSettleMs).unref();
    } else if (this.#isPlanOld) {
      await this.#renewUpstreams();
    }
  }

  #rotateTicketKeys(): void {
    const { certificates } = this.#server;
    if (certificates.rotateTicketKeys()) {
      this.#edge.send({ kind: 'ticket-keys', keys: certificates.ticketKeys });
    }
  }

  /** `isPlanKept`: the plan is about to be changed anyhow, and who does so waits for this. */
  async renew(isPlanKept = false): Promise<void> {
    const { certificates } = this.#server;
    const { upstreamTls } = certificates;
    const renewed = await certificates.renew();
    if (certificates !== this.#server.certificates) {
      return; // Those of a new configuration have come meanwhile.
    }
    const faults = renewed.ok ? certificates.faults : renewed.fault;
    for (const fault of faults) {
      this.#log.say('warning', `the certificate in use is kept: ${fault}`);
    }
    if (faults.length === 0 && this.#isFaulty && renewed.ok && !renewed.value) {
      this.#log.say('info', 'the files of the certificate are again those that are in use');
    }
    this.#isFaulty = faults.length > 0;
    if (renewed.ok && renewed.value) {
      const { tls, renewals, summary } = certificates;
      if (tls !== undefined) {
        this.#edge.send({ kind: 'tls', tls });
        this.#log.say('info', `new files of the certificate are in use: ${renewals.join('; ') || summary}`);
        for (const remark of certificates.remarks) {
          this.#log.say('warning', remark);
        }
        this.#warnOfExpiry();
      }
      this.#isPlanOld ||= certificates.upstreamTls !== upstreamTls;
      if (this.#isPlanOld && !isPlanKept) {
        await this.#renewUpstreams();
      }
    }
  }

  /** What servers are shown is part of the plan, as are the connections to them, which were made with the files before. */
  async #renewUpstreams(): Promise<void> {
    const fault = await this.#renewPlan();
    if (fault === undefined) {
      this.#isPlanOld = false;
      this.#log.say('info', 'new files of TLS with servers behind are in use');
    } else {
      this.#log.say('warning', `new files of TLS with servers behind are not in use yet: ${fault}`);
    }
  }

  #warnOfExpiry(): void {
    for (const warning of this.#server.certificates.expiryWarnings()) {
      this.#log.say('warning', warning);
    }
  }
}
