import type { Clock } from '../../kernel/clock.ts';
import type { ConnectionTable } from '../connections/connection-table.ts';
import type { InternalErrors } from '../faults/internal-errors.ts';

/** What the sessions of one listener have in common. */
export interface SessionServices {
  readonly table: Pick<ConnectionTable, 'add' | 'remove' | 'nowMs'>;
  readonly clock: Clock;
  readonly bugs: Pick<InternalErrors, 'note'>;
  /** Into which clients are read. */
  readonly buffer: Buffer;
  /** The address that is listened on, as error logs have it: `0.0.0.0:5432`. */
  readonly server: string;
  /** That of this machine, where all clients have connected to the same; '' for a Unix socket as well. */
  readonly address: string;
  /** '' for a Unix socket. */
  readonly port: string;
  readonly hostname: string;
  /** Each connection begins with the header of the PROXY protocol. */
  readonly hasProxyHeader: boolean;
}
