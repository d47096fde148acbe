/** An address on which a site is served, as one text: `80`, `443 tls`, `[::]:80 default`, `unix:/run/site.sock`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { BindAddress } from '../bind-address.ts';
import { parseBindAddress, renderBindAddress } from '../bind-address.ts';
import { nearestWord } from '../nearest.ts';

export interface Listen {
  readonly address: BindAddress;
  readonly tls: boolean;
  readonly isIpv6Only: boolean;
  /** Connections begin with the header of the PROXY protocol. */
  readonly hasProxyHeader: boolean;
  /** Servers in front speak the uwsgi protocol. */
  readonly isUwsgi: boolean;
  /** Undefined: the default. */
  readonly backlog: number | undefined;
  /** The site answers for every name that no site of the address has. */
  readonly isDefault: boolean;
}

const WORDS = {
  tls: { tls: true },
  'ipv6-only': { isIpv6Only: true },
  'proxy-protocol': { hasProxyHeader: true },
  uwsgi: { isUwsgi: true },
  default: { isDefault: true },
} as const satisfies Record<string, Partial<Listen>>;
/** Words of nginx's "listen", which people know. */
const LATER: Readonly<Record<string, string>> = { http2: 'HTTP/2', quic: 'QUIC' };

const [FIRST_PORT, LAST_PORT] = [1, 65_535];

export function parseListen(text: string): Outcome<Listen> {
  const [where = '', ...words] = text.trim().split(/\s+/);
  const address = parseAddress(where);
  if (!address.ok) {
    return address;
  }
  let listen: Listen = {
    address: address.value,
    tls: false,
    isIpv6Only: false,
    hasProxyHeader: false,
    isUwsgi: false,
    backlog: undefined,
    isDefault: false,
  };
  for (const word of words) {
    const [, backlog] = /^backlog=([1-9]\d{0,8})$/.exec(word) ?? [];
    if (backlog !== undefined) {
      listen = { ...listen, backlog: Number(backlog) };
    } else if (Object.hasOwn(WORDS, word)) {
      listen = { ...listen, ...WORDS[word as keyof typeof WORDS] };
    } else if (Object.hasOwn(LATER, word)) {
      return failure(`${LATER[word]} is not spoken yet: leave "${word}" out`);
    } else {
      const nearest = nearestWord(word, [...Object.keys(WORDS), 'backlog=N']);
      return failure(
        `"${word}" says nothing of an address${nearest === undefined ? '' : `. Did you mean "${nearest}"?`}`,
      );
    }
  }
  return listen.isUwsgi && (listen.tls || listen.hasProxyHeader)
    ? failure('"uwsgi" goes with neither "tls" nor "proxy-protocol": its variables say who the client is')
    : success(listen);
}

/** A port alone is that of all addresses: a site is served to others, as in nginx. */
function parseAddress(text: string): Outcome<BindAddress> {
  if (/^\d{1,5}$/.test(text)) {
    const port = Number(text);
    return port < FIRST_PORT || port > LAST_PORT
      ? failure(`${port} is not a port`)
      : success({ kind: 'tcp', host: '0.0.0.0', port });
  }
  return parseBindAddress(text);
}

export function renderListen(listen: Listen): string {
  const { address, backlog } = listen;
  const isEverywhere = address.kind === 'tcp' && address.host === '0.0.0.0' && address.port !== 0;
  const words = Object.entries(WORDS)
    .filter(([, said]) => Object.keys(said).every((key) => listen[key as keyof Listen] === true))
    .map(([word]) => word);
  return [
    isEverywhere ? String(address.port) : renderPlainAddress(address),
    ...words,
    ...(backlog === undefined ? [] : [`backlog=${backlog}`]),
  ].join(' ');
}

function renderPlainAddress(address: BindAddress): string {
  return renderBindAddress(address).replace(/^https?:\/\//, '');
}
