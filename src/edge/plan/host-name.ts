/** The host of a request as sites are looked up by it: RFC 9110 7.2's authority without its port, in lower case, without the dot of a name that is written in full. */

const REG_NAME = /^[a-z0-9._~!$&'()*+,;=%-]*$/;
const LITERAL = /^\[[a-z0-9:._~!$&'()*+,;=-]*\]$/;
const AUTHORITY = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/;
const PORT_MAX = 65_535;

/** Undefined: no host can be called that, and the request is refused with 400. '' for a request that names none. */
export function readHostName(authority: string): string | undefined {
  if (authority === '') {
    return '';
  }
  const [, host = '', port = ''] = AUTHORITY.exec(authority.toLowerCase()) ?? [];
  if (Number(port) > PORT_MAX) {
    return undefined;
  }
  if (host.startsWith('[')) {
    return LITERAL.test(host) && !host.includes('..') ? host : undefined;
  }
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  return name !== '' && REG_NAME.test(name) && !host.includes('..') ? name : undefined;
}
