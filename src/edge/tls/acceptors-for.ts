/** Makes acceptors of TLS for one thread: whatever settings come, they share what is remembered and how faults are told. */

import { systemClock } from '../../kernel/clock.ts';
import type { TlsSettings } from '../../protocol/control/edge.ts';
import { CountedLog } from '../faults/counted-log.ts';
import type { InternalErrors } from '../faults/internal-errors.ts';
import { ExpiringTable, SESSIONS, STATUSES } from '../shared/expiring-table.ts';
import { LateStatuses } from './late-statuses.ts';
import type { AcceptorOptions } from './tls-acceptor.ts';
import { TlsAcceptor } from './tls-acceptor.ts';

interface ThreadParts extends Pick<AcceptorOptions, 'table'> {
  readonly common: Pick<AcceptorOptions, 'date'>;
  /** Memory of sessions of TLS. */
  readonly sessions: SharedArrayBuffer;
  /** … and of what authorities have said of clients' certificates. */
  readonly statuses: SharedArrayBuffer;
  readonly bugs: InternalErrors;
  readonly log: (level: 'info' | 'error', text: string) => void;
}

/** `buffer`: what connections of the thread are read into. */
export function acceptorsFor(parts: ThreadParts, buffer: Buffer): (settings: TlsSettings) => TlsAcceptor {
  const { table, common, bugs, log } = parts;
  const logError = (text: string): void => log('error', text);
  const around = {
    ...{ table, buffer, date: common.date, onBug: bugs.note.bind(bugs) },
    faults: new CountedLog('no TLS with', (text) => log('info', text)),
    certificateFaults: new CountedLog('', logError, renderCertificateFault),
    kept: { table: new ExpiringTable(parts.sessions, SESSIONS), clock: systemClock },
    statuses: new LateStatuses(new ExpiringTable(parts.statuses, STATUSES), logError),
  };
  return (settings) => new TlsAcceptor({ ...around, settings });
}

/** As nginx's log has it. */
function renderCertificateFault(address: string, fault: string): string {
  return `${fault} while SSL handshaking, client: ${address || 'unix:'}`;
}
