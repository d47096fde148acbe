// What servers do wrong, and what clients do meanwhile.

import type { Asked, Misbehaviour, Protocol } from './hostile-server.ts';
import { fastcgiRecord } from './hostile-server.ts';
import type { WatchedProgram } from './watched-program.ts';

/** What the client does. `leaves`: it is gone when the server has been asked, when the first byte of the response has come, or with half of its body sent. */
export interface ClientWay {
  readonly bodyBytes?: number;
  readonly leaves?: 'waiting' | 'reading' | 'sending';
  /** How long it reads nothing behind the first bytes of the response. */
  readonly pausesMs?: number;
}

export interface FaultKind {
  readonly name: string;
  /** In words, for the page. */
  readonly what: string;
  readonly protocols: readonly Protocol[];
  readonly serve: Misbehaviour;
  readonly client?: ClientWay;
  /** `unbuffered`: responses and bodies of requests are passed on as they come. `timed`: the server has a second. */
  readonly location?: 'unbuffered' | 'timed';
  /** A location of its own, in the place of that of the protocol. */
  readonly place?: string;
  /** By programs that may open few files, and have little room for temporary ones. */
  readonly isCramped?: boolean;
  readonly countMax?: number;
  /** The free nginx has nothing of the kind, and is not asked. */
  readonly isOurs?: boolean;
  /** What happens when half of the requests have been begun. */
  readonly meanwhile?: (program: WatchedProgram) => void;
  /** Why its end is not that of nginx, on purpose. */
  readonly differs?: string;
}

const ALL: readonly Protocol[] = ['http', 'tls', 'uwsgi', 'fastcgi', 'scgi', 'memcached'];
const WITH_HEADS: readonly Protocol[] = ['http', 'tls', 'uwsgi', 'fastcgi', 'scgi'];
const HTTP: readonly Protocol[] = ['http', 'tls'];
/** Connections that carry several requests: whoever ends one may end the next request. */
const KEPT: readonly Protocol[] = ['http', 'tls', 'memcached'];
const TRICKLE_MS = 20;
const LATE_MS = 100;
/** Of a head, for which there is not the time. */
const HEAD_TRICKLE_MS = 100;
const MEGABYTE = 1_048_576;
const HUNDRED_MB = 100 * MEGABYTE;
const PIECE = 'y'.repeat(60_000);
const LONG_BYTES = 200 * PIECE.length;

function text(asked: Asked, bytes: string): void {
  asked.socket.write(bytes, 'latin1');
}

/** The head of memcached has the key and the length of the value. */
const whole = (asked: Asked, body: string, length: number = body.length): string =>
  asked.protocol === 'memcached'
    ? `VALUE /memcached/~${KEY}~ 0 ${length}\r\n${body}`
    : asked.protocol === 'fastcgi'
      ? fastcgiRecord(6, `Status: 200 OK\r\nContent-Length: ${length}\r\n\r\n${body}`)
      : asked.answer(`Content-Length: ${length}\r\n`, body);

/** Set for each kind before it is asked: memcached repeats its key. */
let KEY = '';
export function nameKey(name: string): void {
  KEY = name;
}

const ended = (asked: Asked, bytes: string): void => {
  asked.socket.end(bytes, 'latin1');
};

/** Bytes until the other side has enough, or this is all. */
function flood({ socket }: Asked, piece: string, bytesMax: number): void {
  let sent = 0;
  const more = (): void => {
    while (!socket.destroyed && sent < bytesMax) {
      sent += piece.length;
      if (!socket.write(piece, 'latin1')) {
        return;
      }
    }
    if (!socket.destroyed) {
      socket.end();
    }
  };
  socket.on('drain', more);
  more();
}

function endUnlessKept({ socket, protocol }: Asked): void {
  if (!KEPT.includes(protocol)) {
    socket.end();
  }
}

function trickle(asked: Asked, bytes: string, everyMs: number = TRICKLE_MS): void {
  const { socket } = asked;
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at >= bytes.length) {
      clearInterval(timer);
      endUnlessKept(asked);
    } else {
      socket.write(bytes.charAt(at), 'latin1');
      at += 1;
    }
  }, everyMs);
}

const endOf = (protocol: Protocol): string => (protocol === 'memcached' ? '\r\nEND\r\n' : '');

function fields(asked: Asked): string {
  const line = `X-Long: ${PIECE}\r\n`;
  return asked.protocol === 'fastcgi' ? fastcgiRecord(6, line) : line;
}

function begin(asked: Asked): string {
  const line = HTTP.includes(asked.protocol) ? 'HTTP/1.1 200 OK\r\n' : 'Status: 200 OK\r\n';
  return asked.protocol === 'fastcgi' ? fastcgiRecord(6, line) : line;
}

/** Asked before anything is looked at. */
export const WELL: FaultKind = {
  ...{ name: 'well', what: 'answers', protocols: ALL },
  serve: (asked) => text(asked, whole(asked, 'x'.repeat(1000))),
};

export const KINDS: readonly FaultKind[] = [
  { name: 'closes', what: 'closes without an answer', protocols: ALL, serve: (asked) => ended(asked, '') },
  {
    ...{ name: 'resets', what: 'resets without an answer', protocols: ALL },
    serve: ({ reset }) => reset(),
  },
  {
    ...{ name: 'half', what: 'sends half a head', protocols: ALL },
    serve: (asked) => ended(asked, whole(asked, '').slice(0, 17)),
  },
  {
    ...{ name: 'short', what: 'sends less than its Content-Length', protocols: ALL },
    serve: (asked) => ended(asked, whole(asked, 'hello', 10)),
  },
  {
    ...{ name: 'long', what: 'sends more than its Content-Length', protocols: ALL },
    serve: (asked) => ended(asked, whole(asked, 'hello and more', 5)),
  },
  {
    ...{ name: 'fields', what: 'sends up to 100 MB of fields', protocols: WITH_HEADS },
    serve: (asked) => {
      text(asked, begin(asked));
      flood(asked, fields(asked), HUNDRED_MB);
    },
  },
  {
    ...{ name: 'interim', what: 'sends 10,000 interim responses', protocols: HTTP },
    differs: 'nginx 1.22 takes the first interim response for the response; RFC 9110 15.2 has another one behind it.',
    serve: (asked) => text(asked, 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(10_000)),
  },
  {
    ...{ name: 'early', what: 'answers and closes before it has read the body', protocols: WITH_HEADS },
    ...{ client: { bodyBytes: 300_000 } },
    serve: (asked) => ended(asked, whole(asked, 'no') + endOf(asked.protocol)),
  },
  {
    ...{ name: 'early-kept', what: 'answers before it has read the body, and reads on', protocols: WITH_HEADS },
    ...{ client: { bodyBytes: 300_000 }, location: 'unbuffered' },
    serve: (asked) => {
      text(asked, whole(asked, 'no'));
      setTimeout(() => endUnlessKept(asked), TRICKLE_MS);
    },
  },
  {
    ...{ name: 'stale', what: 'resets a connection that was kept when it is used again', protocols: HTTP },
    serve: (asked) => (asked.count > 1 ? asked.reset() : text(asked, whole(asked, 'well'))),
  },
  { name: 'silent', what: 'never answers', protocols: ALL, location: 'timed', serve: () => undefined },
  {
    ...{ name: 'trickles-head', what: 'sends its head byte by byte', protocols: ALL, location: 'timed' },
    serve: (asked) => trickle(asked, whole(asked, 'x') + endOf(asked.protocol), HEAD_TRICKLE_MS),
  },
  {
    ...{ name: 'trickles', what: 'sends its body byte by byte', protocols: ALL },
    serve: (asked) => {
      text(asked, whole(asked, '', 10));
      trickle(asked, `0123456789${endOf(asked.protocol)}`.slice(0, asked.protocol === 'fastcgi' ? 0 : undefined));
    },
  },
  {
    ...{ name: 'stalls', what: 'stops in the middle of its body', protocols: ALL, location: 'timed' },
    serve: (asked) => text(asked, whole(asked, 'hello', 10)),
  },
  {
    ...{ name: 'garbage', what: 'sends what is not the protocol', protocols: ALL },
    differs: 'nginx takes it for a response of HTTP/0.9 and hands it on; Portico knows none of that version.',
    serve: (asked) => ended(asked, 'SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  },
  {
    ...{ name: 'chunks', what: 'sends a chunk that is none', protocols: HTTP },
    differs: 'nginx sends nothing of it; Portico the head and the chunk that was whole, and then cuts the response.',
    serve: (asked) => text(asked, asked.answer('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\nzz\r\n')),
  },
  {
    ...{ name: 'gone-waiting', what: 'its client is gone while it is waited for', protocols: ALL },
    ...{ client: { leaves: 'waiting' } },
    serve: () => undefined,
  },
  {
    ...{ name: 'gone-reading', what: 'its client is gone in the middle of 1 MB', protocols: WITH_HEADS },
    ...{ client: { leaves: 'reading' } },
    serve: (asked) => {
      text(
        asked,
        asked.protocol === 'fastcgi' ? whole(asked, '', MEGABYTE) : asked.answer(`Content-Length: ${MEGABYTE}\r\n`, ''),
      );
      flood(asked, asked.protocol === 'fastcgi' ? fastcgiRecord(6, PIECE) : PIECE, MEGABYTE);
    },
  },
  {
    ...{ name: 'gone-sending', what: 'its client is gone in the middle of its body', protocols: WITH_HEADS },
    ...{ client: { bodyBytes: 300_000, leaves: 'sending' }, location: 'unbuffered' },
    differs:
      'the end of a client stands behind what nobody has read of its body, and nginx asks epoll for it (EPOLLRDHUP), which libuv cannot: Portico hears of it when the server takes more, or its time is over. Thousands at once have used up worker_connections by then, and those who come next are closed.',
    serve: () => undefined,
  },
  {
    ...{ name: 'gone-retried', what: 'its client is gone while another one is asked', protocols: ['http'] },
    ...{ client: { leaves: 'waiting' }, place: 'retried' },
    serve: (asked) => ended(asked, ''),
  },
  {
    ...{ name: 'gone-queued', what: 'its client is gone while it waits for its turn', protocols: ['http'] },
    ...{ client: { leaves: 'waiting' }, place: 'queued', isOurs: true },
    serve: () => undefined,
  },
  {
    ...{ name: 'truncated', what: 'ends a body of no length without a word', protocols: ['tls'] },
    serve: (asked) => {
      text(asked, 'HTTP/1.1 200 OK\r\n\r\nhello');
      setTimeout(asked.cut, TRICKLE_MS);
    },
  },
  ...Object.entries({
    'handshake-closed': 'closes in the handshake of TLS',
    'handshake-reset': 'resets in the handshake of TLS',
    'handshake-garbage': 'answers the handshake of TLS with what is none',
    'handshake-alert': 'answers the handshake of TLS with an alert',
    'handshake-silent': 'says nothing in the handshake of TLS',
    untrusted: 'shows a certificate that nobody trusts',
    misnamed: 'shows a certificate of another name',
  }).map(([name, what]): FaultKind => ({ name, what, protocols: ['tls'], place: name, serve: () => undefined })),
  {
    ...{ name: 'stopped', what: 'stands still: the kernel takes the connection', protocols: ['http'] },
    // As many as its queue takes: behind them it is the next kind.
    ...{ place: 'stopped', countMax: 3000, serve: () => undefined },
  },
  {
    ...{ name: 'full', what: 'has a full queue of connections', protocols: ['http'] },
    ...{ place: 'full', serve: () => undefined },
  },
  {
    ...{ name: 'reloaded', what: 'answers late, behind a reload', protocols: ['http'] },
    meanwhile: (program) => program.reload(),
    serve: (asked) => void setTimeout(() => text(asked, whole(asked, 'late')), LATE_MS),
  },
  {
    ...{ name: 'killed', what: 'answers late, to a process that has been killed', protocols: ['http'] },
    differs: 'which requests are cut is a matter of the moment.',
    meanwhile: (program) => program.killWorker(),
    serve: (asked) => void setTimeout(() => text(asked, whole(asked, 'late')), LATE_MS),
  },
  {
    ...{ name: 'descriptors', what: 'answers late, while there are too few descriptors', protocols: ['http'] },
    ...{ isCramped: true, countMax: 2000 },
    differs:
      'whether a client finds one for itself or lacks the one to the server is a matter of the moment; nginx says 500 then, Portico 502.',
    serve: (asked) => void setTimeout(() => text(asked, whole(asked, 'late')), LATE_MS),
  },
  {
    ...{ name: 'disk', what: 'sends 12 MB to a client that pauses, while the disk is full', protocols: ['http'] },
    ...{ isCramped: true, countMax: 20, client: { pausesMs: 500 } },
    differs: 'nginx cuts the response; Portico has the server wait.',
    serve: (asked) => {
      text(asked, `HTTP/1.1 200 OK\r\nContent-Length: ${LONG_BYTES}\r\n\r\n`);
      flood(asked, PIECE, LONG_BYTES);
    },
  },
  {
    ...{ name: 'disk-body', what: 'is not asked, because the disk has no room for the body', protocols: ['http'] },
    ...{ isCramped: true, countMax: 100, client: { bodyBytes: 4_000_000 } },
    differs: 'nginx says 500, Portico 507 (RFC 4918 11.5).',
    serve: (asked) => text(asked, whole(asked, 'well')),
  },
];
