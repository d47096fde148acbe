import type { BindAddress } from '../bind-address.ts';

/** Where clients connect to. */
export interface Listening {
  /** Absent: the sockets of the service manager that no other listener names. */
  readonly address?: BindAddress;
  readonly tls: boolean;
  readonly backlog: number;
  readonly isIpv6Only: boolean;
  /** Each connection begins with the header of the PROXY protocol, or is refused. Absent: there is none. */
  readonly hasProxyHeader?: true;
}
