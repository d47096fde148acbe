/** Has authorities asked about certificates in time, and the edge send what they say. No handshake waits for it. */

import type { Clock } from '../../kernel/clock.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Staple } from '../../protocol/control/staple.ts';
import { askAuthority } from '../../upstream/ocsp/ask-authority.ts';
import type { CertificateKeeper } from '../certificate-keeper.ts';
import type { EdgeHost } from '../children/edge-host.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { Log } from '../log/log.ts';
import { responderLookup } from './responder-lookup.ts';
import type { StapleOrder } from './staple-order.ts';

export interface StapleWatchParts {
  /** Those in use. */
  readonly certificates: () => Pick<CertificateKeeper, 'stapleOrders' | 'stapleTable' | 'staples'>;
  readonly edge: Pick<EdgeHost, 'send' | 'startCount' | 'whenReady'>;
  readonly log: Pick<Log, 'say'>;
  readonly clock: Clock;
}

export class StapleWatch {
  readonly #parts: StapleWatchParts;
  /** The edge that has been told since it was ready. */
  #told = 0;

  constructor(parts: StapleWatchParts) {
    this.#parts = parts;
  }

  look(): void {
    const { stapleOrders, stapleTable } = this.#parts.certificates();
    if (stapleOrders.length > 0) {
      this.#tellNewEdge();
      for (const order of stapleTable.takeDue(stapleOrders, this.#parts.clock.nowMs())) {
        void this.#ask(order);
      }
    }
  }

  /** What came while an edge was starting may have been too late for what it starts with, and too early for the rest of it. */
  #tellNewEdge(): void {
    const { edge, certificates } = this.#parts;
    const { startCount } = edge;
    if (this.#told !== startCount) {
      this.#told = startCount;
      void edge.whenReady().then(() => edge.send({ kind: 'staples', staples: certificates().staples }));
    }
  }

  async #ask(order: StapleOrder): Promise<void> {
    const { certificates, edge, log, clock } = this.#parts;
    const { stapleTable } = certificates();
    const answer = await askAbout(order, { clock, log: (text) => log.say('error', text) }).catch((error: unknown) =>
      failure(String(error)),
    );
    if (answer.ok) {
      stapleTable.put(order.key, answer.value, clock.nowMs());
      edge.send({ kind: 'staples', staples: certificates().staples });
      return;
    }
    stapleTable.fail(order.key, clock.nowMs());
    const { host } = new URL(order.responder);
    const about = `responder: ${host}, certificate: "${order.path}"`;
    log.say('error', `${answer.fault} while requesting certificate status, ${about}`);
  }
}

async function askAbout(
  order: StapleOrder,
  parts: { readonly clock: Clock; readonly log: (text: string) => void },
): Promise<Outcome<Staple>> {
  const { responder, resolver } = order;
  const lookup = resolver && (await responderLookup(resolver, parts));
  const timeoutMs = SUPERVISOR_LIMITS.stapleAskMs;
  const word = await askAuthority(order, { responder, lookup, timeoutMs, nowMs: () => parts.clock.nowMs() });
  if (!word.ok) {
    return word;
  }
  const { single, response } = word.value;
  const { status, nextUpdateMs } = single;
  return status === 'good'
    ? success({ key: order.key, response: response.toString('base64'), untilMs: nextUpdateMs ?? null })
    : failure(`certificate status "${status}" in the OCSP response`);
}
