/**
 * How requests are passed on, as one table of portico.toml: the parts of the model's policy side by side, and what holds where nothing is said. That is not what nginx
 * does: connections are kept (HTTP/1.1), the server is told who asks and for which host, and certificates are checked.
 */

import type {
  ProxyContent,
  ProxyPolicy,
  ProxyProtocol,
  ProxyRequest,
  ProxyResponse,
  ProxyRetry,
  UpstreamTls,
} from '../model/proxying.ts';
import type { ServerModel } from '../model/server-model.ts';
import type { Resolver, UpstreamKeepAlive } from '../model/upstream.ts';
import { at } from './at.ts';
import { CGI_PARAMETERS } from './cgi-parameters.ts';
import { USUAL_KEEP_ALIVE } from './fields/upstream-fields.ts';

type Request = Omit<ProxyRequest, 'isBuffered'>;
type Connection = Omit<ProxyPolicy['connection'], 'tls'>;
type Response = Omit<ProxyResponse, 'isBuffered' | 'hides'>;

/** The properties of the policy, of which two have the same name in the model: what is buffered. */
export interface WrittenPolicy extends Request, Connection, Response {
  readonly buffersRequest: boolean;
  readonly buffersResponse: boolean;
  /** Beside those that the protocol hides anyhow; and of those the ones that are passed on. */
  readonly hides: readonly string[];
  readonly passes: readonly string[];
  readonly retry: ProxyRetry;
  readonly tls?: UpstreamTls;
  readonly resolver?: Resolver;
  /** Of an upstream that has no table of its own. */
  readonly keepAlive?: UpstreamKeepAlive;
}

const COMMANDS = ['x-accel-expires', 'x-accel-redirect', 'x-accel-limit-rate', 'x-accel-buffering', 'x-accel-charset'];

/** Fields that are meant for this server, or that it says itself. */
export const USUALLY_HIDDEN: Readonly<Record<ProxyProtocol, readonly string[]>> = {
  http: ['date', 'server', 'x-pad', ...COMMANDS],
  fastcgi: ['status', ...COMMANDS],
  uwsgi: COMMANDS,
  scgi: ['status', ...COMMANDS],
  memcached: [],
};

/** What an application behind a proxy has to know. `Forwarded` of a client is nobody's word. */
const USUAL_FIELDS: ProxyRequest['fields'] = [
  { name: 'Host', value: [{ variable: 'http_host' }] },
  { name: 'X-Forwarded-For', value: [{ variable: 'remote_addr' }] },
  { name: 'X-Forwarded-Proto', value: [{ variable: 'scheme' }] },
  { name: 'X-Forwarded-Host', value: [{ variable: 'http_host' }] },
  { name: 'X-Real-IP', value: [{ variable: 'remote_addr' }] },
  { name: 'Forwarded', value: '' },
  // Whoever wants to change the protocol, for a WebSocket, may; for all others connections are kept.
  { name: 'Connection', value: 'upgrade' },
  { name: 'Upgrade', value: [{ variable: 'http_upgrade' }] },
];

export const USUAL_RETRY: ProxyRetry = { causes: ['error', 'timeout'], triesMax: 0, timeoutMs: 0 };

export const USUAL_TLS: UpstreamTls = {
  name: '',
  sendsName: true,
  verifies: true,
  depth: 3,
  trustedFile: '',
  crlFile: '',
  certFile: '',
  keyFile: '',
  passwordFile: '',
  ciphers: '',
  curves: '',
  signatures: '',
  protocols: [],
  reusesSessions: true,
};

const PLAIN: WrittenPolicy = {
  httpVersion: '1.1',
  passesBody: true,
  passesFields: true,
  buffersRequest: true,
  fields: [],
  parameters: [],
  connectMs: 10_000,
  sendMs: 60_000,
  readMs: 60_000,
  bind: '',
  probes: false,
  ignoresClientAbort: false,
  retry: USUAL_RETRY,
  buffersResponse: true,
  headBytesMax: 16_384,
  bufferBytesMax: 65_536,
  fileBytesMax: 1_073_741_824,
  hides: [],
  passes: [],
  ignores: [],
  passesTrailers: false,
  interceptsErrors: false,
  forcesRanges: false,
  redirects: [],
  cookieDomains: [],
  cookiePaths: [],
  cookieFlags: [],
  keepAlive: USUAL_KEEP_ALIVE,
};

const USUAL: Readonly<Record<ProxyProtocol, WrittenPolicy>> = {
  http: { ...PLAIN, fields: USUAL_FIELDS, redirects: ['default'] },
  uwsgi: { ...PLAIN, parameters: CGI_PARAMETERS.uwsgi, uwsgi: { modifier1: 0, modifier2: 0 } },
  fastcgi: {
    ...PLAIN,
    parameters: CGI_PARAMETERS.fastcgi,
    fastcgi: { index: '', keepsConnection: false, faults: [] },
  },
  scgi: { ...PLAIN, parameters: CGI_PARAMETERS.scgi },
  memcached: {
    ...PLAIN,
    passesBody: false,
    passesFields: false,
    buffersResponse: false,
    fileBytesMax: 0,
    interceptsErrors: true,
    forcesRanges: true,
  },
};

/** Where requests go, as far as it decides about what can be said of it. */
export interface Passing extends Pick<ProxyContent, 'protocol' | 'tls'> {
  readonly isText: boolean;
}

export function passingOf({ protocol, tls, to }: ProxyContent): Passing {
  return { protocol, tls, isText: to.kind === 'text' };
}

/** Whether TLS is spoken with a server, or may be. */
function mayBeTls({ protocol, tls, isText }: Passing): boolean {
  return tls || (isText && (protocol === 'http' || protocol === 'uwsgi'));
}

/** What holds where a table says nothing: as around it, or without a word. `outer`: of the place around, if it passes requests on. */
export function basePolicy(
  passing: Passing,
  outer: { readonly passing: Passing; readonly policy: WrittenPolicy } | undefined,
): WrittenPolicy {
  const isSame = outer?.passing.protocol === passing.protocol;
  const { tls, redirects, ...policy } = isSame ? outer.policy : USUAL[passing.protocol];
  return {
    ...policy,
    // The address that stands for `default` is known when a request comes.
    redirects: redirects.filter((each) => each !== 'default' || !passing.isText),
    ...(mayBeTls(passing) ? { tls: tls ?? USUAL_TLS } : {}),
  };
}

function toWritten(
  { request, connection, retry, response }: Omit<ProxyPolicy, 'resolver'>,
  protocol: ProxyProtocol,
): Omit<WrittenPolicy, 'resolver' | 'keepAlive'> {
  const usual = USUALLY_HIDDEN[protocol];
  const { isBuffered: buffersRequest, ...ofRequest } = request;
  const { isBuffered: buffersResponse, hides, ...ofResponse } = response;
  return {
    ...ofRequest,
    ...connection,
    ...ofResponse,
    buffersRequest,
    buffersResponse,
    hides: hides.filter((name) => !usual.includes(name)),
    passes: usual.filter((name) => !hides.includes(name)),
    retry,
  };
}

/** The parts of a model that places which pass requests on name by index. */
export type Proxying = Pick<ServerModel, 'upstreams' | 'proxyPolicies' | 'resolvers'>;

/** The policy of a place, as a table of it would say all of it. */
export function writtenPolicyOf(
  content: ProxyContent,
  { upstreams, proxyPolicies, resolvers }: Proxying,
): WrittenPolicy {
  const { protocol, to } = content;
  const { resolver, ...policy } = at(proxyPolicies, content.policy);
  const upstream = to.kind === 'upstream' ? at(upstreams, to.upstream) : undefined;
  // One that has a table of its own says there whether connections are kept.
  const { keepAlive } = upstream?.isImplicit === true ? upstream : USUAL[protocol];
  return {
    ...toWritten(policy, protocol),
    ...(resolver === undefined ? {} : { resolver: at(resolvers, resolver) }),
    ...(keepAlive === undefined ? {} : { keepAlive }),
  };
}

/** Without its resolver, which has a number in the model. */
export function fromWritten(written: WrittenPolicy, protocol: ProxyProtocol): ProxyPolicy {
  const { resolver: _, keepAlive: __, retry, buffersRequest, buffersResponse, hides, passes, ...rest } = written;
  const { connectMs, sendMs, readMs, bind, probes, ignoresClientAbort, tls, ...others } = rest;
  const { headBytesMax, bufferBytesMax, fileBytesMax, rate, ignores, passesTrailers, ...more } = others;
  const { interceptsErrors, forcesRanges, redirects, cookieDomains, cookiePaths, cookieFlags, ...request } = more;
  const hidden = [...new Set([...USUALLY_HIDDEN[protocol], ...hides])];
  return {
    request: { ...request, isBuffered: buffersRequest },
    connection: {
      ...{ connectMs, sendMs, readMs, bind, probes, ignoresClientAbort },
      ...(tls === undefined ? {} : { tls }),
    },
    retry,
    response: {
      isBuffered: buffersResponse,
      ...{ headBytesMax, bufferBytesMax, fileBytesMax },
      ...(rate === undefined ? {} : { rate }),
      hides: hidden.filter((name) => !passes.includes(name)),
      ...{
        ignores,
        passesTrailers,
        interceptsErrors,
        forcesRanges,
        redirects,
        cookieDomains,
        cookiePaths,
        cookieFlags,
      },
    },
  };
}
