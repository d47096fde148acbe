/** `server` in an upstream. */

import { isIPv4 } from 'node:net';
import type { Outcome } from '../../../../kernel/outcome.ts';
import { failure, success } from '../../../../kernel/outcome.ts';
import type { UpstreamServer } from '../../../model/upstream.ts';
import { plainServer } from '../../../proxied-server.ts';
import type { UpstreamAddress } from '../../../upstream-address.ts';
import { readUpstreamAddress } from '../../../upstream-address.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import { readSeconds } from '../times.ts';
import { WITHOUT_BACKUP } from './upstream-balancing.ts';

/** Said in an upstream. One that cannot be read counts: it has been told. */
export const UPSTREAM_SERVERS: DraftKey<readonly UpstreamServer[]> = draftKey('servers of an upstream');

const ROUTE_LENGTH_MAX = 32;
const HTTP_PORT = 80;

type Said = Partial<UpstreamServer>;

/** What stands behind the equals sign; undefined: the value is none. */
const VALUES: ReadonlyMap<string, (value: string) => Said | undefined> = new Map([
  [
    'weight',
    (value: string): Said | undefined => (numberOf(value) === 0 ? undefined : said('weight', numberOf(value))),
  ],
  ['max_conns', (value: string): Said | undefined => said('connectionsMax', numberOf(value))],
  ['max_fails', (value: string): Said | undefined => said('failsMax', numberOf(value))],
  ['fail_timeout', (value: string): Said | undefined => said('failTimeoutMs', millisecondsOf(value))],
  ['slow_start', (value: string): Said | undefined => said('slowStartMs', millisecondsOf(value))],
  [
    'route',
    (value: string): Said | undefined =>
      value.length > ROUTE_LENGTH_MAX ? undefined : said('route', value || undefined),
  ],
  ['service', (value: string): Said | undefined => said('service', value || undefined)],
]);

const WORDS: ReadonlyMap<string, Said> = new Map<string, Said>([
  ['backup', { isBackup: true }],
  ['down', { isDown: true }],
  ['drain', { isDraining: true }],
  ['resolve', { resolves: true }],
]);

function said<Key extends keyof UpstreamServer>(key: Key, value: UpstreamServer[Key] | undefined): Said | undefined {
  return value === undefined ? undefined : { [key]: value };
}

function numberOf(value: string): number | undefined {
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function millisecondsOf(value: string): number | undefined {
  const seconds = readSeconds(value);
  return seconds === undefined ? undefined : seconds * 1000;
}

const NOBODY: UpstreamAddress = { host: '', isUnix: false, port: undefined, uri: '' };

export function upstreamServer(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const address = readUpstreamAddress(args.text(0));
  const { host, isUnix, port } = address.ok ? address.value : NOBODY;
  // A service has its ports with its name servers.
  const isService = args.texts(1).some((text) => /^service=./.test(text));
  const isPortMissing = host !== '' && !isUnix && port === undefined && draft.kind === 'stream-upstream' && !isService;
  const fault = address.ok ? (isPortMissing ? 'no port' : undefined) : address.fault;
  if (fault !== undefined) {
    report('nginx.invalid-value', args.place(0), `${fault} in upstream "${args.text(0)}"`, {
      hint: 'Write a host, a host and a port as in 127.0.0.1:8000, or unix:/path. A scheme such as http:// belongs into proxy_pass.',
    });
  }
  let server = plainServer(address.ok ? address.value : NOBODY, HTTP_PORT);
  for (const [at, text] of args.texts(1).entries()) {
    const read = readParameter(text, draft);
    if (read.ok) {
      server = { ...server, ...read.value };
    } else {
      report('nginx.invalid-value', args.place(at + 1), read.fault, {
        hint: 'Behind a server may stand weight=, max_conns=, max_fails=, fail_timeout=, backup and down.',
      });
    }
  }
  tellService(args, { server, port }, report);
  draft.append(UPSTREAM_SERVERS, server);
}

function readParameter(text: string, draft: Draft): Outcome<Said> {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === 'backup' && draft.own(WITHOUT_BACKUP) !== undefined) {
    return failure('balancing method does not support parameter "backup"');
  }
  const read = equals < 0 ? WORDS.get(name) : VALUES.get(name)?.(text.slice(equals + 1));
  return read === undefined ? failure(`invalid parameter "${text}"`) : success(read);
}

/** A service is looked up together with its ports. */
function tellService(
  args: GivenArguments,
  { server, port }: { readonly server: UpstreamServer; readonly port: number | undefined },
  report: NginxReport,
): void {
  if (server.service === '') {
    return;
  }
  const isAddress = server.isUnix || isIPv4(server.host) || server.host.includes(':');
  const fault = !server.resolves
    ? 'requires "resolve" parameter'
    : port !== undefined
      ? 'may not have port'
      : isAddress
        ? 'requires domain name'
        : undefined;
  if (fault !== undefined) {
    report('nginx.conflict', args.place(0), `service upstream "${args.text(0)}" ${fault}`, {
      hint: 'Write a name without a port: server example.com service=http resolve;',
    });
  }
}
