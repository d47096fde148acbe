/** The address of this machine that connections to servers come from, as `proxy_bind` names it: `192.0.2.1`, `192.0.2.1:8000`, `[2001:db8::1]:8000`. */
export interface OwnAddress {
  /** '' for any. */
  readonly address: string;
  readonly port: number | undefined;
}

export function readOwnAddress(text: string): OwnAddress {
  const [, address = text, port] =
    /^\[?([^\]]+)\]?:(\d+)$/.exec(text.includes('.') || text.startsWith('[') ? text : '') ?? [];
  return { address, port: port === undefined ? undefined : Number(port) };
}
