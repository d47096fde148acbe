/** `listen` and `server_name`: by which address and which name a request finds its site. */

import type { BindAddress } from '../../../bind-address.ts';
import { renderBindAddress, UNIX_PATH_BYTES_MAX } from '../../../bind-address.ts';
import type { ServerName } from '../../../model/server-model.ts';
import type { Place } from '../../../place.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import { nginxRegexFault } from '../regex-fault.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { readSize } from '../sizes.ts';

export interface Listen {
  readonly address: BindAddress;
  readonly place: Place;
  readonly isDefault: boolean;
  /** It says something about the socket itself, which one site may do. */
  readonly hasOptions: boolean;
  readonly speaksTls: boolean;
  readonly hasProxyHeader: boolean;
  readonly backlog: number | undefined;
  /** nginx's default for an address of IPv6. */
  readonly isIpv6Only: boolean;
}

/** Said in a server. */
export const LISTENS: DraftKey<readonly Listen[]> = draftKey('listen');
export const SERVER_NAMES: DraftKey<readonly ServerName[]> = draftKey('server_name');
/** The names as they are written, each with its place. */
const WRITTEN_NAMES: DraftKey<readonly { readonly text: string; readonly place: Place }[]> = draftKey('written names');
/** Said in `http`, by all servers together: the address of each default server. */
const DEFAULTS: DraftKey<Map<string, Place>> = draftKey('default servers');
/** The same, of what a listener says about its socket. */
const OPTIONS: DraftKey<Map<string, Place>> = draftKey('options of listeners');

export const LISTENING: readonly Row[] = repeatable([
  row('listen', 'server', 'address [parameter...]', 'An address on which the site answers.', { apply: listen }),
  row('server_name', 'server', 'plain...', "The site's names: exact, with a star, or a regex.", { apply: serverName }),
]);

/** What every site of an address may say. */
const PROTOCOLS = new Set(['default_server', 'default', 'ssl', 'http2', 'spdy', 'quic', 'proxy_protocol']);

/** What is not spoken yet, and what that means for clients. */
const LATER: ReadonlyMap<string, string> = new Map([
  ['http2', 'HTTP/1.1 is spoken, which every client speaks as well.'],
  ['spdy', 'HTTP/1.1 is spoken, which every client speaks as well.'],
  ['quic', 'HTTP/1.1 is spoken, on TCP.'],
]);

const PORT = 80;
const PORT_MAX = 65_535;
/** Parameters that the system's sockets take and that change nothing here. */
const IGNORED = /^(bind|deferred|reuseport|multipath|fastopen=\d+|setfib=\d+|accept_filter=\S+)$/;

/** A switch, or three numbers of which each may be left out: idle time, time between probes, and how many. */
const KEEP_ALIVE = /^(?:on|off|(?=.*\d)[\dsmhdw]*(?::[\dsmhdw]*(?::\d*)?)?)$/;

function listen(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const addresses = readAddresses(args, report, PORT);
  const parameters = args.texts(1);
  const faults = parameters.flatMap((text, index) => {
    const message = faultOf(text);
    return message === undefined ? [] : [{ message, place: args.place(index + 1) }];
  });
  for (const { message, place } of faults) report('nginx.invalid-value', place, message);
  if (addresses.length === 0 || faults.length > 0) {
    return;
  }
  for (const [index, text] of parameters.entries()) {
    const hint = LATER.get(text);
    if (hint !== undefined) {
      report('nginx.later', args.place(index + 1), `"${text}" has no effect yet`, { hint, severity: 'warning' });
    }
  }
  const has = (...words: readonly string[]) => parameters.some((text) => words.includes(text));
  const backlog = parameters.find((text) => text.startsWith('backlog='));
  const said: Omit<Listen, 'address' | 'isIpv6Only'> = {
    place: args.place(0),
    isDefault: has('default_server', 'default'),
    hasOptions: parameters.some((text) => !PROTOCOLS.has(text)),
    speaksTls: has('ssl'),
    hasProxyHeader: has('proxy_protocol'),
    backlog: backlog === undefined ? undefined : Number(backlog.slice('backlog='.length)),
  };
  for (const address of addresses) {
    const isIpv6Only = address.kind === 'tcp' && address.host.includes(':') && !has('ipv6only=off');
    const listen = { ...said, address, isIpv6Only };
    checkRepetition(listen, draft, report);
    draft.append(LISTENS, listen);
  }
}

/** `8000-8003` is each of these ports. `usualPort`: where none is said; undefined: it has to be. */
export function readAddresses(
  args: GivenArguments,
  report: NginxReport,
  usualPort: number | undefined,
): readonly BindAddress[] {
  const text = args.text(0);
  const [, before = '', from = '', to = ''] = /^(.*?)(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const isRange = Number(from) > 0 && Number(from) <= Number(to) && Number(to) <= PORT_MAX;
  if (!isRange || text.startsWith('unix:') || !/^$|:$/.test(before)) {
    const address = readAddress(text, { args, report, usualPort });
    return address === undefined ? [] : [address];
  }
  const first = readAddress(`${before}${from}`, { args, report, usualPort });
  const count = Number(to) - Number(from) + 1;
  return first?.kind === 'tcp' ? Array.from({ length: count }, (_, at) => ({ ...first, port: first.port + at })) : [];
}

/** What is wrong with a parameter behind the address. */
export function faultOf(text: string): string | undefined {
  const [name = '', value] = text.split('=', 2);
  switch (name) {
    case 'default_server':
    case 'default':
    case 'ssl':
    case 'http2':
    case 'spdy':
    case 'quic':
    case 'proxy_protocol':
      return value === undefined ? undefined : `invalid parameter "${text}"`;
    case 'backlog':
      return /^\d{1,9}$/.test(value ?? '') && Number(value) > 0 ? undefined : `invalid backlog "${text}"`;
    case 'rcvbuf':
    case 'sndbuf':
      return readSize(value ?? '') === undefined ? `invalid ${name} "${text}"` : undefined;
    case 'ipv6only':
      return value === 'on' || value === 'off' ? undefined : `invalid ipv6only flags "${value ?? ''}"`;
    case 'so_keepalive':
      return KEEP_ALIVE.test(value ?? '') ? undefined : `invalid so_keepalive value: "${value ?? ''}"`;
    default:
      return IGNORED.test(text) ? undefined : `invalid parameter "${text}"`;
  }
}

interface Reading {
  readonly args: GivenArguments;
  readonly report: NginxReport;
  readonly usualPort: number | undefined;
}

/** `80`, `*:80`, `127.0.0.1`, `example.com:80`, `[::]:80`, `unix:/path`. Names are looked up by whoever binds. */
function readAddress(text: string, { args, report, usualPort }: Reading): BindAddress | undefined {
  const refuse = (reason: string, hint?: string) => {
    report('nginx.invalid-value', args.place(0), `${reason} in "${args.text(0)}" of the "listen" directive`, { hint });
    return undefined;
  };
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    if (path === '') return refuse('no path in the unix domain socket');
    return Buffer.byteLength(path) > UNIX_PATH_BYTES_MAX
      ? refuse('too long path', `A path of a Unix socket has at most ${UNIX_PATH_BYTES_MAX} bytes.`)
      : { kind: 'unix', path };
  }
  const [, v6, name = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(text) ?? [];
  const isPortAlone = v6 === undefined && port === undefined && /^\d+(-\d+)?$/.test(name);
  const portText = isPortAlone ? name : (port ?? String(usualPort ?? ''));
  if (portText === '' && port === undefined) {
    return refuse('no port', 'Write the port that is listened on: 127.0.0.1:5432.');
  }
  if (!/^\d{1,5}$/.test(portText) || Number(portText) < 1 || Number(portText) > PORT_MAX) {
    return refuse('invalid port', `A port is a number from 1 to ${PORT_MAX}.`);
  }
  if (v6 !== undefined) {
    return /^[\da-f:.]+$/i.test(v6) && v6.includes(':')
      ? { kind: 'tcp', host: v6, port: Number(portText) }
      : refuse('invalid IPv6 address');
  }
  if (isPortAlone || name === '*') {
    return { kind: 'tcp', host: '0.0.0.0', port: Number(portText) };
  }
  if (name === '') {
    return refuse('no host');
  }
  // `80x` would be looked up as the name of a host; nobody has one that is called so.
  return /^\d+[a-z]*$/i.test(name) || !/^[\w.-]+$/.test(name)
    ? refuse('host not found')
    : { kind: 'tcp', host: name, port: Number(portText) };
}

function checkRepetition(said: Listen, draft: Draft, report: NginxReport): void {
  const name = renderBindAddress(said.address);
  if (draft.own(LISTENS)?.some((other) => renderBindAddress(other.address) === name)) {
    report('nginx.duplicate', said.place, `a duplicate listen ${name}`);
    return;
  }
  const http = draft.within('http');
  if (http !== undefined && said.isDefault) {
    checkOnce(http, DEFAULTS, { said, name, message: `a duplicate default server for ${name}` }, report);
  }
  if (http !== undefined && said.hasOptions) {
    checkOnce(http, OPTIONS, { said, name, message: `duplicate listen options for ${name}` }, report);
  }
}

function checkOnce(
  http: Draft,
  key: DraftKey<Map<string, Place>>,
  { said, name, message }: { readonly said: Listen; readonly name: string; readonly message: string },
  report: NginxReport,
): void {
  const places = http.own(key) ?? new Map<string, Place>();
  http.set(key, places);
  const before = places.get(name);
  if (before === undefined) {
    places.set(name, said.place);
    return;
  }
  const where = before.kind === 'file' ? `in line ${before.line} of ${before.file}` : 'before';
  report('nginx.duplicate', said.place, message, { hint: `It is said ${where} already.` });
}

function serverName(args: GivenArguments, draft: Draft, report: NginxReport): void {
  for (const [index, text] of args.texts().entries()) {
    const place = args.place(index);
    draft.append(WRITTEN_NAMES, { text: text.toLowerCase(), place });
    if (text.startsWith('~')) {
      const fault = text === '~' ? { message: 'empty regex in server name "~"' } : nginxRegexFault(text.slice(1), true);
      if (fault === undefined) {
        // Names are compared in lower case, which nginx makes of the host and of the pattern.
        draft.append(SERVER_NAMES, { kind: 'regex', pattern: { text: text.slice(1), isCaseless: true } });
      } else {
        report('nginx.invalid-value', place, fault.message, fault);
      }
      continue;
    }
    if (text.includes('/')) {
      report('nginx.suspicious', place, `server name "${text}" has suspicious symbols`, {
        severity: 'warning',
        hint: 'A name has neither a scheme nor a path.',
      });
    }
    const names = readName(text.toLowerCase());
    for (const name of names ?? []) draft.append(SERVER_NAMES, name);
    if (names === undefined) {
      report('nginx.invalid-value', place, `server name "${text}" is invalid`, {
        hint: 'A star stands for the first part of a name, or for the last: *.example.com, www.example.*',
      });
    }
  }
}

/** `.example.com` is two names. Undefined for one that nginx refuses. */
function readName(text: string): readonly ServerName[] | undefined {
  if (text.startsWith('.')) {
    const rest = text.slice(1);
    return rest === '' || rest.includes('*')
      ? undefined
      : [
          { kind: 'exact', text: rest },
          { kind: 'suffix', text: `.${rest}` },
        ];
  }
  if (!text.includes('*')) {
    return [{ kind: 'exact', text }];
  }
  const inside = text.replace(/^\*(?=\..)|(?<=.\.)\*$/g, '');
  if (inside.includes('*') || (text.startsWith('*') && text.endsWith('*'))) {
    return undefined;
  }
  return [text.startsWith('*') ? { kind: 'suffix', text: inside } : { kind: 'prefix', text: inside }];
}

const USUAL_ADDRESS = `0.0.0.0:${PORT}`;

/** When all of `http` has been read: of two servers with one name on one address the second is never asked, which nginx warns of. */
export function checkServerNames(http: Draft, report: NginxReport): void {
  const seen = new Set<string>();
  for (const server of http.children.filter(({ kind }) => kind === 'server')) {
    const addresses = server.own(LISTENS)?.map(({ address }) => renderBindAddress(address)) ?? [USUAL_ADDRESS];
    for (const { text, place } of server.own(WRITTEN_NAMES) ?? [{ text: '', place: server.place }]) {
      for (const address of addresses) {
        const key = `${address} ${text}`;
        if (seen.has(key) && !text.startsWith('~')) {
          report('nginx.suspicious', place, `conflicting server name "${text}" on ${address}, ignored`, {
            hint: 'A server above has the same name on the same address, and gets the requests.',
            severity: 'warning',
          });
        }
        seen.add(key);
      }
    }
  }
}
