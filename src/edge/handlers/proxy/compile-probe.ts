/**
 * What the servers of an upstream are asked to see whether they are well: what a location asks that passes requests to them, in its protocol, with its parameters, its
 * fields and its rules of TLS. There is no request of a client: variables are what they would be in one for the path of the check, and those of a client are empty.
 */

import type { AskingLocation } from '../../../config/asking-location.ts';
import { findAskingLocation } from '../../../config/asking-location.ts';
import type { ProxyContent, ProxyPolicy } from '../../../config/model/proxying.ts';
import type { EdgeModel } from '../../../config/model/server-model.ts';
import type { Template } from '../../../config/model/template.ts';
import type { HealthCheck, HealthMatch, Upstream } from '../../../config/model/upstream.ts';
import { isFieldValue } from '../../../protocol/http/grammar.ts';
import type { ConnectionWay } from '../../../upstream/connections/dial.ts';
import { PLAIN_WAY } from '../../../upstream/connections/dial.ts';
import type { ProbeRequest } from '../../../upstream/peers/health/probe.ts';
import type { TlsClients } from '../../../upstream/tls/tls-clients.ts';
import { Http1Wire } from '../../../upstream/wires/http1-wire.ts';
import type { NamedValue } from './named-value.ts';
import { WRITTEN_BY_WIRE } from './set-fields.ts';
import { wireOf } from './wire-of.ts';

/** Of the head of an answer: more than any `proxy_buffer_size`, so that a check does not fail where only a page is too much. */
const HEAD_BYTES_MAX = 65_536;

/** Undefined: there is nothing to ask for, or nobody passes requests to the upstream. */
export function compileProbe(
  upstream: Upstream,
  check: HealthCheck,
  model: EdgeModel,
  tlsClients: Pick<TlsClients, 'of'> | undefined,
): ProbeRequest | undefined {
  const { uri } = check;
  const location = findAskingLocation(model, upstream, check.policy);
  if (uri === undefined || location === undefined) {
    return undefined;
  }
  const { content, policy } = location;
  const host = check.host || upstream.name;
  const render = (template: Template): string => renderForCheck(template, valuesFor(uri, host, location));
  const headed = { ...policy, response: { ...policy.response, headBytesMax: HEAD_BYTES_MAX } };
  const isHttp = content.protocol === 'http';
  return {
    kind: 'request',
    wire: isHttp
      ? new Http1Wire({ version: '1.0', headBytesMax: HEAD_BYTES_MAX })
      : wireOf(content, withoutKeeping(headed)),
    request: {
      ...{ method: 'GET', target: uri, bodyLength: 0, keepsConnection: false, upgrade: undefined },
      fields: isHttp ? fieldsOf(policy, host, render) : parametersOf(content, policy, { uri, host, render }),
    },
    match: matchOf(content, check),
    way: content.tls ? secureWay(policy, upstream, render, tlsClients) : PLAIN_WAY,
  };
}

/** A key of memcached that is not there (404) shows as well as one that is that the server answers, where nobody says what an answer has to be. */
function matchOf({ protocol }: ProxyContent, { match }: HealthCheck): HealthMatch {
  const { statuses, fields, body } = match;
  const isUsual = String(statuses) === '200,399' && fields.length === 0 && body === undefined;
  return protocol === 'memcached' && isUsual ? { ...match, statuses: [[200, 404]] } : match;
}

/** A check has a connection of its own, which ends with its answer. */
function withoutKeeping(policy: ProxyPolicy): ProxyPolicy {
  const { fastcgi } = policy.request;
  return fastcgi === undefined
    ? policy
    : { ...policy, request: { ...policy.request, fastcgi: { ...fastcgi, keepsConnection: false } } };
}

function secureWay(
  { connection: { tls } }: ProxyPolicy,
  upstream: Upstream,
  render: (template: Template) => string,
  clients: Pick<TlsClients, 'of'> | undefined,
): ConnectionWay {
  if (tls === undefined || clients === undefined) {
    return PLAIN_WAY;
  }
  const names = {
    name: render(tls.name) || upstream.name,
    certFile: render(tls.certFile),
    keyFile: render(tls.keyFile),
  };
  return { ...PLAIN_WAY, key: 'checks', secure: clients.of(tls).dialler(names, false) };
}

function fieldsOf({ request }: ProxyPolicy, host: string, render: (template: Template) => string): NamedValue[] {
  const said = request.fields
    .filter(({ name }) => !WRITTEN_BY_WIRE.has(name.toLowerCase()) && name.toLowerCase() !== 'host')
    .map(({ name, value }) => ({ name, value: render(value) }));
  return [{ name: 'Host', value: host }, ...said.filter(({ value }) => value !== '' && isFieldValue(value))];
}

interface Asked {
  readonly uri: string;
  readonly host: string;
  readonly render: (template: Template) => string;
}

/** Those of the location, and behind them what an application cannot do without. */
function parametersOf(
  { protocol }: ProxyContent,
  { request }: ProxyPolicy,
  { uri, host, render }: Asked,
): NamedValue[] {
  const said = request.parameters
    .filter(({ name }) => protocol !== 'scgi' || name !== 'CONTENT_LENGTH')
    .map(({ name, value, ifNotEmpty }) => ({ name, value: render(value), ifNotEmpty }))
    .filter(({ value, ifNotEmpty }) => value !== '' || !ifNotEmpty);
  const [path = '', query = ''] = uri.split(/\?(.*)/s);
  const usual: Readonly<Record<string, string>> = {
    REQUEST_METHOD: 'GET',
    REQUEST_URI: uri,
    PATH_INFO: path,
    QUERY_STRING: query,
    SERVER_PROTOCOL: 'HTTP/1.0',
    SERVER_NAME: host,
    SERVER_PORT: '80',
    HTTP_HOST: host,
  };
  const names = new Set(said.map(({ name }) => name));
  // PHP looks for its file by both, where PATH_INFO is the path of one inside another.
  const isFound = names.has('SCRIPT_FILENAME') || names.has('SCRIPT_NAME');
  return [
    ...said.map(({ name, value }) => ({ name, value })),
    ...Object.entries(usual)
      .filter(([name]) => !names.has(name) && !(isFound && name === 'PATH_INFO'))
      .map(([name, value]) => ({ name, value })),
  ];
}

function valuesFor(uri: string, host: string, { root }: AskingLocation): Readonly<Record<string, string>> {
  const [path = '', query = ''] = uri.split(/\?(.*)/s);
  return {
    ...{ request_method: 'GET', server_protocol: 'HTTP/1.0', scheme: 'http', request_scheme: 'http' },
    ...{ request_uri: uri, uri: path, document_uri: path, fastcgi_script_name: path },
    ...{ args: query, query_string: query, is_args: query === '' ? '' : '?' },
    ...{ host, http_host: host, server_name: host, proxy_host: host, server_port: '80' },
    ...{ remote_addr: '127.0.0.1', server_addr: '127.0.0.1' },
    ...{ document_root: root, realpath_root: root, request_filename: `${root}${path}` },
  };
}

function renderForCheck(template: Template, values: Readonly<Record<string, string>>): string {
  if (typeof template === 'string') {
    return template;
  }
  return template
    .map((part) => (typeof part === 'string' ? part : 'variable' in part ? (values[part.variable] ?? '') : ''))
    .join('');
}
