/** A node of `for` (RFC 7239 6), or what X-Forwarded-For has in its place. */
export interface ForwardedNode {
  /** As in the text; '' for `unknown` and for names that hide an address. */
  readonly address: string;
  /** '' if it is not given, or hidden. */
  readonly port: string;
}

const NODE =
  /^(?:(?<v4>[0-9.]+)|\[(?<v6>[0-9A-Fa-f:.]+)\]|unknown|_[0-9A-Za-z._-]+)(?::(?:(?<port>[0-9]{1,5})|_[0-9A-Za-z._-]+))?$/i;
const PORT_MAX = 65_535;

/** Undefined if the text breaks the grammar. Whether digits and dots are an address is for the caller to find out. */
export function parseForwardedNode(text: string): ForwardedNode | undefined {
  const groups = NODE.exec(text)?.groups;
  const port = groups?.['port'] ?? '';
  return groups === undefined || Number(port) > PORT_MAX
    ? undefined
    : { address: groups['v4'] ?? groups['v6'] ?? '', port };
}
