/** The command line of daphne (daphne/cli.py), one row for each option, and what they come to. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { BindAddress } from '../bind-address.ts';
import { DEFAULT_PORT } from '../bind-address.ts';
import type { Report } from '../diagnostic.ts';
import { atFlag } from '../place.ts';
import { parseRootPath } from '../proxy-settings.ts';
import type { LogLevel, ServeOptions } from '../serve-options.ts';
import { each, environmentName } from '../setting.ts';
import { parseText } from '../setting-values.ts';
import type { Asked, Completed, Dialect, Draft, Option } from './option.ts';
import { meaningless, optionsGiven, setting, unsupported } from './option.ts';
import { readBoolean, readHost, readInteger, readPort, readSeconds, readSocketPath } from './option-values.ts';
import type { Endpoint } from './twisted-endpoint.ts';
import { readEndpoint } from './twisted-endpoint.ts';

const DEFAULT_HOST = '127.0.0.1';
const MIB = 2 ** 20;
/** The levels of --verbosity 0 to 3. */
const LEVELS: readonly LogLevel[] = ['warning', 'info', 'debug', 'debug'];
const FORWARDED_VARIABLE = environmentName('forwarded-allow-ips');

const ADDRESS_OPTIONS: readonly Option[] = [
  {
    names: ['-p', '--port'],
    value: 'PORT',
    doc: 'The port to listen on.',
    fallbackText: '8000',
    treatment: setting(readPort, (port) => ({ port })),
  },
  {
    names: ['-b', '--bind'],
    value: 'HOST',
    doc: 'The address to listen on.',
    fallbackText: '127.0.0.1',
    treatment: setting(readHost, (host) => ({ host })),
  },
  {
    names: ['-u', '--unix-socket'],
    value: 'UNIX_SOCKET',
    doc: 'A Unix socket to listen on.',
    treatment: setting(readSocketPath, (address) => ({ binds: [address] })),
  },
  {
    names: ['--fd'],
    value: 'FILE_DESCRIPTOR',
    doc: 'An inherited socket to listen on.',
    treatment: unsupported(
      'Portico makes its sockets itself and keeps them open over reloads. Name the address with --bind and --port, or --unix-socket',
    ),
  },
  {
    names: ['-e', '--endpoint'],
    value: 'SOCKET_STRINGS',
    isRepeatable: true,
    doc: "Where to listen, in Twisted's words: tcp:, tcp6:, ssl: or unix:.",
    treatment: { kind: 'setting', read: readEndpoints },
  },
];

const TIME_OPTIONS: readonly Option[] = [
  {
    names: ['-t', '--http-timeout'],
    value: 'HTTP_TIMEOUT',
    doc: 'Seconds that the application may take to answer.',
    fallbackText: 'no limit',
    treatment: setting(
      readNoLimit(
        '0',
        'a request may take as long as the application needs. Use asyncio.timeout in it, or leave this out',
      ),
      () => ({}),
    ),
  },
  {
    names: ['--websocket_timeout'],
    value: 'WEBSOCKET_TIMEOUT',
    doc: 'Seconds that a WebSocket may stay; -1 is no limit.',
    fallbackText: '-1',
    treatment: setting(
      readNoLimit(
        '-1',
        'a WebSocket may stay as long as both sides want. Close it in the application, or leave this out',
      ),
      () => ({}),
    ),
  },
  {
    names: ['--websocket_connect_timeout'],
    value: 'WEBSOCKET_CONNECT_TIMEOUT',
    doc: 'Seconds until a WebSocket is accepted.',
    treatment: meaningless('the application may take as long as it needs to accept a WebSocket'),
  },
  {
    names: ['--ping-interval'],
    value: 'PING_INTERVAL',
    doc: 'Seconds between pings; 0 is never.',
    fallbackText: '20',
    treatment: setting(readSeconds(0), (wsPingIntervalMs) => ({ wsPingIntervalMs })),
  },
  {
    names: ['--ping-timeout'],
    value: 'PING_TIMEOUT',
    doc: 'Seconds that a client may take to answer one.',
    fallbackText: '30',
    treatment: setting(readSeconds(1), (wsPingTimeoutMs) => ({ wsPingTimeoutMs })),
  },
  {
    names: ['--application-close-timeout'],
    value: 'APPLICATION_CLOSE_TIMEOUT',
    doc: 'Seconds until an application whose client has gone is killed.',
    treatment: meaningless('an application is told that its client has gone, and is not killed for it'),
  },
];

const WEBSOCKET_OPTIONS: readonly Option[] = [
  {
    names: ['--websocket-max-message-size'],
    value: 'WEBSOCKET_MAX_MESSAGE_SIZE',
    doc: 'The largest message of a client, in bytes.',
    fallbackText: '1048576',
    treatment: setting(readMessageSize, (wsMessageBytesMax) => ({ wsMessageBytesMax })),
  },
  {
    names: ['--websocket-max-frame-size'],
    value: 'WEBSOCKET_MAX_FRAME_SIZE',
    doc: 'The largest frame of a client, in bytes.',
    treatment: meaningless('a frame may have as many bytes as a message: --websocket-max-message-size'),
  },
];

const PROXY_OPTIONS: readonly Option[] = [
  {
    names: ['--proxy-headers'],
    doc: 'Take the client and the scheme from X-Forwarded-For and X-Forwarded-Proto.',
    fallbackText: 'off',
    treatment: setting(readBoolean, (readsProxyFields) => ({ readsProxyFields })),
  },
  {
    names: ['--proxy-headers-host'],
    value: 'PROXY_HEADERS_HOST',
    doc: 'The field with the address.',
    fallbackText: 'X-Forwarded-For',
    treatment: setting(readField('x-forwarded-for'), () => ({})),
  },
  {
    names: ['--proxy-headers-port'],
    value: 'PROXY_HEADERS_PORT',
    doc: 'The field with the port.',
    fallbackText: 'X-Forwarded-Port',
    treatment: unsupported('the port of a client is not read from a field of its own. Leave it out'),
  },
  {
    names: ['--root-path'],
    value: 'ROOT_PATH',
    doc: 'The root_path of ASGI.',
    treatment: setting(parseRootPath, (rootPath) => ({ rootPath })),
  },
];

const LOG_OPTIONS: readonly Option[] = [
  {
    names: ['-v', '--verbosity'],
    value: 'VERBOSITY',
    doc: '0: warnings and no access log; 1: as usual; 2 and 3: all.',
    fallbackText: '1',
    treatment: setting(readInteger(0, LEVELS.length - 1), (verbosity) => ({
      logLevel: LEVELS[verbosity] ?? 'info',
      ...(verbosity === 0 ? { accessLog: '' } : {}),
    })),
  },
  {
    names: ['--access-log'],
    value: 'ACCESS_LOG',
    doc: 'A file for a line for each request, in the combined format; - is standard output.',
    fallbackText: '-',
    treatment: setting(parseText, (accessLog) => ({ accessLog })),
  },
  {
    names: ['--log-fmt'],
    value: 'LOG_FMT',
    doc: 'The format of the log.',
    treatment: meaningless('the log has the format that PORTICO_LOG_FORMAT names, text or json'),
  },
  {
    names: ['-s', '--server-name'],
    value: 'SERVER_NAME',
    doc: 'The Server field.',
    treatment: meaningless('no Server field is sent; the application may send one'),
  },
  {
    names: ['--no-server-name'],
    doc: 'No Server field.',
    fallbackText: 'on',
    treatment: setting(readBoolean, () => ({})),
  },
];

export const DAPHNE: Dialect = {
  name: 'daphne',
  version: '4.2',
  manner: 'argparse',
  application: 'application',
  options: [...ADDRESS_OPTIONS, ...TIME_OPTIONS, ...WEBSOCKET_OPTIONS, ...PROXY_OPTIONS, ...LOG_OPTIONS],
  defaults,
  complete,
};

function defaults(): Outcome<Partial<ServeOptions>, never> {
  return success({
    binds: [{ kind: 'tcp', host: DEFAULT_HOST, port: DEFAULT_PORT }],
    workers: 1,
    interface: 'asgi',
    lifespan: 'off',
    loop: 'asyncio',
    keepAliveMs: 60_000,
    wsPingTimeoutMs: 30_000,
    wsMessageBytesMax: MIB,
    forwardedAllowIps: [],
    accessLog: '-',
  });
}

function complete({ draft, app, machine: { env } }: Asked, report: Report): Completed {
  const trusts = draft.readsProxyFields === true && (env[FORWARDED_VARIABLE] ?? '') === '';
  if (trusts) {
    const message = `every peer is believed, as in daphne. ${FORWARDED_VARIABLE} can name the proxy.`;
    report('dialect.note', atFlag('--proxy-headers'), message, 'info');
  }
  return {
    app,
    options: { ...optionsGiven(draft), ...bindsOf(draft), ...(trusts ? { forwardedAllowIps: ['*'] } : {}) },
  };
}

/** Beside an endpoint with TLS, every address that is not such an endpoint is plain. */
function bindsOf({ host, port, addresses = [], tlsAddresses = [], binds: sockets = [] }: Draft): Partial<ServeOptions> {
  const isTcp = host !== undefined || port !== undefined;
  const tcp: BindAddress = { kind: 'tcp', host: host ?? DEFAULT_HOST, port: port ?? DEFAULT_PORT };
  const plain = [...addresses, ...(isTcp ? [tcp] : []), ...sockets];
  if (tlsAddresses.length > 0) {
    return { binds: tlsAddresses, ...(plain.length > 0 ? { insecureBinds: plain } : {}) };
  }
  return plain.length > 0 ? { binds: plain } : {};
}

function readEndpoints(texts: readonly string[]): Outcome<Draft> {
  const endpoints = each(readEndpoint)(texts);
  return endpoints.ok ? draftOf(endpoints.value) : endpoints;
}

function draftOf(endpoints: readonly Endpoint[]): Outcome<Draft> {
  const [certificate, ...others] = endpoints.flatMap((endpoint) => endpoint.certificate ?? []);
  if (others.some(({ certFile, keyFile }) => certFile !== certificate?.certFile || keyFile !== certificate.keyFile)) {
    return failure(
      'the ssl: endpoints have different certificates, and a server has one. Name the same in each, or start a server for each',
    );
  }
  const backlog = endpoints.findLast((endpoint) => endpoint.backlog !== undefined)?.backlog;
  return success({
    addresses: endpoints.flatMap((endpoint) => (endpoint.certificate === undefined ? [endpoint.address] : [])),
    tlsAddresses: endpoints.flatMap((endpoint) => (endpoint.certificate === undefined ? [] : [endpoint.address])),
    ...certificate,
    ...(backlog === undefined ? {} : { backlog }),
  });
}

/** Reads an option for a limit that we do not have: its value for "none", or a fault. */
function readNoLimit(none: string, wayOut: string): (text: string) => Outcome<string> {
  return (text) => (text === none ? success(text) : failure(`this limit is not supported: ${wayOut}`));
}

function readMessageSize(text: string): Outcome<number> {
  return text === '0'
    ? failure('messages without a limit are not supported: one client could use up the memory. Name a size')
    : readInteger(1)(text);
}

function readField(known: string): (text: string) => Outcome<string> {
  return (text) =>
    text.toLowerCase() === known
      ? success(text)
      : failure(`"${text}" is not supported. Have the proxy send X-Forwarded-For`);
}
