/** The settings of asynchronous applications and of WebSockets: rows of the table in settings.ts. */

import type { Outcome } from '../kernel/outcome.ts';
import { failure } from '../kernel/outcome.ts';
import type { ServeOptions } from './serve-options.ts';
import type { Setting } from './setting.ts';
import { always, last } from './setting.ts';
import { parseChoice, parseCount, parseDuration, parseSize, parseSwitch } from './setting-values.ts';

const MIB = 2 ** 20;
/** The most for all edge threads together: a lane has as many streams. */
const WORKER_CONNECTIONS_MAX = 65_535;
const WS_RATE_MAX = 1_000_000;
const HOUR_MS = 3_600_000;

type AsyncSetting =
  | 'interface'
  | 'workerClass'
  | 'lifespan'
  | 'loop'
  | 'drainTimeoutMs'
  | 'workerConnections'
  | 'webSockets'
  | 'wsMessageBytesMax'
  | 'wsMessagesPerSecondMax'
  | 'wsPingIntervalMs'
  | 'wsPingTimeoutMs'
  | 'wsCompression';

export const ASYNC_SETTINGS: { readonly [K in AsyncSetting]: Setting<ServeOptions[K]> } = {
  interface: {
    flag: 'interface',
    value: 'KIND',
    group: 'Application',
    doc: 'How the application is called: wsgi, asgi, or auto, which looks at the callable.',
    fallbackText: 'auto',
    fallback: always('auto'),
    parse: last(parseChoice('auto', 'wsgi', 'asgi')),
  },
  workerClass: {
    flag: 'worker-class',
    short: 'k',
    value: 'KIND',
    group: 'Processes',
    doc: 'How a worker runs a WSGI application: sync (in --threads), or gevent, on greenlets, with up to --worker-connections requests at a time.',
    fallbackText: 'sync',
    fallback: always('sync'),
    parse: last(parseChoice('sync', 'gevent')),
  },
  lifespan: {
    flag: 'lifespan',
    value: 'MODE',
    group: 'ASGI and WebSockets',
    doc: 'Startup and shutdown events: on, off, or auto, which does without where the application does not take them.',
    fallbackText: 'auto',
    fallback: always('auto'),
    parse: last(parseChoice('auto', 'on', 'off')),
  },
  loop: {
    flag: 'loop',
    value: 'NAME',
    group: 'ASGI and WebSockets',
    doc: 'The event loop: asyncio, uvloop, or auto, which is uvloop where it is installed.',
    fallbackText: 'auto',
    fallback: always('auto'),
    parse: last(parseChoice('auto', 'asyncio', 'uvloop')),
  },
  drainTimeoutMs: {
    flag: 'drain-timeout',
    value: 'TIME',
    group: 'Timeouts',
    doc: 'How long WebSockets and streams of an ASGI application stay with a worker that is replaced. Then WebSockets are closed with 1012.',
    fallbackText: '1 hour',
    fallback: always(HOUR_MS),
    parse: last(parseDuration(0)),
  },
  workerConnections: {
    flag: 'worker-connections',
    value: 'COUNT',
    group: 'Limits',
    doc: 'Requests and WebSockets that one worker of an ASGI application, or of gevent, runs at a time; more of them wait. 0: no limit, with gevent 1,000.',
    fallbackText: '0',
    fallback: always(0),
    parse: last(parseCount(0, WORKER_CONNECTIONS_MAX)),
  },
  webSockets: {
    flag: 'websockets',
    isNegatable: true,
    group: 'ASGI and WebSockets',
    doc: 'Answer the handshakes of WebSockets. Without, they are requests like others.',
    fallbackText: 'on',
    fallback: always(true),
    parse: last(parseSwitch),
  },
  wsMessageBytesMax: {
    flag: 'ws-max-size',
    value: 'SIZE',
    group: 'ASGI and WebSockets',
    doc: 'The largest message that a client may send over a WebSocket, decompressed; a larger one ends it with 1009.',
    fallbackText: '16M',
    fallback: always(16 * MIB),
    parse: last(parseMessageSize),
  },
  wsMessagesPerSecondMax: {
    flag: 'ws-max-rate',
    value: 'COUNT',
    group: 'ASGI and WebSockets',
    doc: 'Messages that a client may send over a WebSocket in a second; one that sends more has to wait. 0: no limit.',
    fallbackText: '0',
    fallback: always(0),
    parse: last(parseCount(0, WS_RATE_MAX)),
  },
  wsPingIntervalMs: {
    flag: 'ws-ping-interval',
    value: 'TIME',
    group: 'ASGI and WebSockets',
    doc: 'How often the client of a WebSocket is pinged. 0: never.',
    fallbackText: '20 seconds',
    fallback: always(20_000),
    parse: last(parseDuration(0)),
  },
  wsPingTimeoutMs: {
    flag: 'ws-ping-timeout',
    value: 'TIME',
    group: 'ASGI and WebSockets',
    doc: 'A client that has not answered a ping for so long is gone.',
    fallbackText: '20 seconds',
    fallback: always(20_000),
    parse: last(parseDuration(1)),
  },
  wsCompression: {
    flag: 'ws-compression',
    isNegatable: true,
    group: 'ASGI and WebSockets',
    doc: 'Compress the messages of WebSockets whose client can (permessage-deflate).',
    fallbackText: 'on',
    fallback: always(true),
    parse: last(parseSwitch),
  },
};

/** 0 would refuse every message; without a limit one client could use up the memory. */
function parseMessageSize(text: string): Outcome<number> {
  const size = parseSize('')(text);
  return size.ok && size.value === 0 ? failure('messages without a limit are not supported. Write a size') : size;
}
