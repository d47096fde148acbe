/** What is asked before anything of a connection is read, in nginx's order: who the client is, `set`, how many there may be, who may come in. A handshake of TLS comes behind them. */

import type { RealIp } from '../../config/model/access.ts';
import type { StreamServer } from '../../config/model/stream.ts';
import type { ConnectionLimit } from '../../kernel/zones/limit-connections.ts';
import { limitConnections, releaseHeld } from '../../kernel/zones/limit-connections.ts';
import { escapeLog } from '../access-log/line.ts';
import { clientRules } from '../pipeline/access/client-rules.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import { trustOf } from '../pipeline/steps/real-ip.ts';
import type { SessionStep } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import type { SessionTexts } from './session-texts.ts';

export function compileSteps(server: StreamServer, texts: SessionTexts): readonly SessionStep[] {
  const steps = [
    compileRealIp(server.realIpFrom),
    ...server.sets.map((set) => compileSet(set, texts)),
    compileCounts(server, texts),
    compileAccess(server),
  ];
  return steps.filter((step) => step !== undefined);
}

export function compileSecuredSteps(server: StreamServer): readonly SessionStep[] {
  const step = compileCertificates(server);
  return step === undefined ? [] : [step];
}

/** A trusted peer says by the PROXY protocol who its client is. */
function compileRealIp(from: RealIp['from']): SessionStep | undefined {
  if (from.length === 0) {
    return undefined;
  }
  const isTrusted = trustOf({ from });
  return (session) => {
    const source = session.proxyHeader?.source;
    if (source !== undefined && isTrusted(session.peer.address)) {
      session.client = source;
    }
    return 0;
  };
}

function compileSet({ variable, value }: StreamServer['sets'][number], texts: SessionTexts): SessionStep {
  const template = texts.template(value);
  const slot = texts.slotOf(variable);
  return (session) => {
    session.slots[slot] = renderTemplate(template, session);
    return 0;
  };
}

function compileCounts({ connectionCounts }: StreamServer, texts: SessionTexts): SessionStep | undefined {
  if (connectionCounts === undefined || connectionCounts.counts.length === 0) {
    return undefined;
  }
  const { counts, manner } = connectionCounts;
  const zones = counts.map(({ zone }) => texts.zones.counts(zone));
  const limits = counts.map(({ max }, at): ConnectionLimit => ({ counts: zones[at]!.counts, max }));
  const slot = texts.slotOf('limit_conn_status');
  return (session) => {
    const verdict = limitConnections(
      limits,
      zones.map(({ key }) => renderTemplate(key, session)),
    );
    switch (verdict.kind) {
      case 'unlimited':
        return 0;
      case 'passed':
        session.slots[slot] = 'PASSED';
        session.whenOver(() => releaseHeld(verdict.held));
        return 0;
      case 'rejected': {
        session.slots[slot] = manner.isDry ? 'REJECTED_DRY_RUN' : 'REJECTED';
        const zone = zones[verdict.limit]?.name ?? '';
        session.log(manner.logLevel, `limiting connections${manner.isDry ? ', dry run,' : ''} by zone "${zone}"`);
        return manner.isDry ? 0 : SESSION_STATUS.unavailable;
      }
    }
  };
}

function compileAccess({ addresses }: StreamServer): SessionStep | undefined {
  const allows = clientRules(addresses);
  return (
    allows &&
    ((session) => {
      if (allows(session.client.address) === false) {
        session.log('error', 'access forbidden by rule');
        return SESSION_STATUS.forbidden;
      }
      return 0;
    })
  );
}

/** Whom the handshake has let through, for whoever is refused is to find the reason in the log. */
function compileCertificates({ tls }: StreamServer): SessionStep | undefined {
  if (tls === undefined || tls.clients === 'none') {
    return undefined;
  }
  return (session) => {
    const { certificate, certificateFault, isUnknownAuthority } = session.secured?.tls ?? {};
    if (tls.clients === 'required' && certificate === undefined) {
      session.log('info', 'client sent no required SSL certificate');
      return SESSION_STATUS.internal;
    }
    if (certificateFault !== undefined && !(tls.clients === 'unverified' && isUnknownAuthority === true)) {
      session.log('info', `client SSL certificate verify error: ${escapeLog(certificateFault.words)}`);
      return SESSION_STATUS.internal;
    }
    return 0;
  };
}
