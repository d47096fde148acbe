/** The name that a server's certificate has to have: without a port, which it has where it comes from `$proxy_host` or `$http_host`. IPv6 without brackets. */
export function serverNameOf(name: string): string {
  const bracket = name.startsWith('[') ? name.indexOf(']') : -1;
  if (bracket > 0) {
    return name.slice(1, bracket);
  }
  const colon = name.indexOf(':');
  // Several colons are an address of IPv6 that nobody has put into brackets.
  return colon < 0 || name.includes(':', colon + 1) ? name : name.slice(0, colon);
}
