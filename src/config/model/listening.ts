import type { BindAddress } from '../bind-address.ts';

/** Of a Unix socket: its mode whatever the umask is, and USER, USER:GROUP or :GROUP. */
export interface UnixRights {
  readonly mode?: number;
  readonly owner?: string;
}

/** Where clients connect to. */
export interface Listening {
  /** Absent: the sockets of the service manager that no other listener names. */
  readonly address?: BindAddress;
  readonly tls: boolean;
  readonly backlog: number;
  readonly isIpv6Only: boolean;
  /** Absent: the umask decides the mode, and the server's user has it. */
  readonly unix?: UnixRights;
  /** Each connection begins with the header of the PROXY protocol, or is refused. Absent: there is none. */
  readonly hasProxyHeader?: true;
}
