/** The address of this machine that connections to servers come from, as `proxy_bind` names it: `192.0.2.1`, `192.0.2.1:8000`, `2001:db8::1`, `[2001:db8::1]:8000`. */

import { isIP } from 'node:net';

export interface OwnAddress {
  /** '' for any. */
  readonly address: string;
  readonly port: number | undefined;
}

export const ANY_ADDRESS: OwnAddress = { address: '', port: undefined };

const PORT_MAX = 65_535;

/** Undefined: it is none. */
export function readOwnAddress(text: string): OwnAddress | undefined {
  if (text === '') {
    return ANY_ADDRESS;
  }
  const [, v6, v4 = text, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = v6 ?? v4;
  const port = portText === undefined ? undefined : Number(portText);
  return isIP(address) === 0 || (port ?? 0) > PORT_MAX ? undefined : { address, port };
}
