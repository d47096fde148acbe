/** Hosts and their ports as text: an IPv6 address stands in brackets (RFC 3986 3.2.2), so that its colons are none of the port's. */

export function renderHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

export function renderHostPort(host: string, port: number | string): string {
  return `${renderHost(host)}:${port}`;
}
