import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIGNATURE } from './header.ts';
import { readProxyHeader } from './read-header.ts';

/** As it comes: what is said of each prefix, until it is no longer incomplete. */
function read(text: string): unknown {
  const bytes = Buffer.from(text, 'latin1');
  const whole = readProxyHeader(bytes, bytes.length);
  for (let length = 1; length <= bytes.length; length += 1) {
    const part = readProxyHeader(bytes, length);
    if (part.kind !== 'incomplete') {
      assert.deepEqual(part, whole, `of ${length} bytes of ${JSON.stringify(text)}`);
      break;
    }
  }
  if (whole.kind !== 'header') {
    return whole.kind === 'invalid' ? whole.reason : whole.kind;
  }
  const { source, destination, extensions } = whole.header;
  const ends = [source, destination].map((end) => (end === undefined ? '-' : `${end.address}!${end.port}`)).join(' ');
  return `${ends}${extensions === '' ? '' : ` ${extensions}`} | ${text.slice(whole.length)}`;
}

function binary(command: number, family: number, content: string): string {
  return SIGNATURE + String.fromCharCode(command, family, content.length >> 8, content.length & 0xff) + content;
}

const PORTS = '\0\x7b\x16\x2e';
const IPV4 = `\xc0\0\x02\x01\xc0\0\x02\x02${PORTS}`;
const IPV6 = `\x20\x01\x0d\xb8${'\0'.repeat(11)}\x01\x20\x01\x0d\xb8${'\0'.repeat(11)}\x02${PORTS}`;

test('version 1 is a line', () => {
  assert.equal(read('PROXY TCP4 192.0.2.1 192.0.2.2 123 5678\r\nGET'), '192.0.2.1!123 192.0.2.2!5678 | GET');
  assert.equal(read('PROXY TCP6 2001:Db8::1 2001:Db8:0::2 123 5678\r\n'), '2001:db8::1!123 2001:db8::2!5678 | ');
  assert.equal(read('PROXY TCP6 ::ffff:192.0.2.1 ::1 0 65535\r\n'), '192.0.2.1!0 ::1!65535 | ');
  assert.equal(read('PROXY UNKNOWN\r\nGET'), '- - | GET');
  assert.equal(read('PROXY UNKNOWN 1 2 3 4 5 6\r\n'), '- - | ');
});

test('version 2 is binary', () => {
  assert.equal(read(`${binary(0x21, 0x11, IPV4)}GET`), '192.0.2.1!123 192.0.2.2!5678 | GET');
  assert.equal(read(binary(0x21, 0x21, IPV6)), '2001:db8::1!123 2001:db8::2!5678 | ');
  assert.equal(
    read(`${binary(0x21, 0x11, `${IPV4}\x01\0\x02h2`)}GET`),
    '192.0.2.1!123 192.0.2.2!5678 \x01\0\x02h2 | GET',
  );
  const mapped = `${'\0'.repeat(10)}\xff\xff\xc0\0\x02\x01`;
  assert.equal(read(binary(0x21, 0x21, mapped + mapped + PORTS)), '192.0.2.1!123 192.0.2.1!5678 | ');
});

test('where version 2 has no client of TCP, none is known', () => {
  assert.equal(read(`${binary(0x20, 0, '')}GET`), '- - | GET', 'LOCAL');
  assert.equal(read(binary(0x20, 0x11, IPV4)), '- - | ', 'LOCAL, whatever follows');
  assert.equal(read(binary(0x21, 0, '\x01\0\x02h2')), '- - | ', 'an unspecified family');
  assert.equal(read(binary(0x21, 0x12, IPV4)), '- - | ', 'UDP');
  assert.equal(read(binary(0x21, 0x31, '\0'.repeat(216))), '- - | ', 'Unix sockets');
  assert.equal(read(binary(0x21, 0x41, '1234')), '- - | ', 'a family that is not known');
});

test('what is no header is refused at its first wrong byte', () => {
  for (const text of [
    ...[
      'GET / HTTP/1.1\r\n',
      '\x16\x03\x01',
      'PROXZ',
      'proxy TCP4 1.1.1.1 1.1.1.1 1 1\r\n',
      ' PROXY',
      '\r\n\r\n\0\r\nQUIT\r',
    ],
    ...['PROXY\r\n', 'PROXY \r\n', 'PROXY TCP4\r\n', 'PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n', 'PROXY UNKNOWNX\r\n'],
    ...['PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n'],
    ...['PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n'],
    ...['PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n', 'PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n'],
    ...['PROXY TCP4 ::1 ::1 1 2\r\n', 'PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n', 'PROXY TCP6 :: 192.0.2.2 1 2\r\n'],
    ...['PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n', 'PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n'],
    ...['PROXY TCP4 192.0.2.1 192.0.2.2 0x1 2\r\n', 'PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n', 'PROXY UNKNOWN \x01\r\n'],
    `PROXY UNKNOWN ${'x'.repeat(100)}`,
    binary(0x21, 0x11, IPV4.slice(0, 11)),
    binary(0x21, 0x21, IPV6.slice(0, 35)),
  ]) {
    assert.equal(read(text), 'broken header', JSON.stringify(text));
  }
  assert.equal(read(binary(0x11, 0x11, IPV4)), 'unknown PROXY protocol version: 1');
  assert.equal(read(binary(0x22, 0x11, IPV4)), 'unknown PROXY protocol command: 2');
});

test('a header is as long as is reasonable', () => {
  const most = `PROXY UNKNOWN ${'x'.repeat(107 - 16)}\r\n`;
  assert.equal(read(most), '- - | ');
  assert.equal(read(most.replace('x', 'xx')), 'broken header');
  assert.match(String(read(binary(0x21, 0x11, IPV4 + 'x'.repeat(4096 - 16 - 12)))), /^192\.0\.2\.1/);
  assert.equal(read(`${SIGNATURE}\x21\x11\x0f\xf1`), 'header is too large');
});

test('less than a header is incomplete', () => {
  for (const text of [
    'P',
    'PROXY',
    'PROXY TCP4 192.0.2.1 192.0.2.2 123 5678\r',
    '\r',
    SIGNATURE,
    binary(0x21, 0x11, IPV4).slice(0, -1),
  ]) {
    assert.equal(read(text), 'incomplete', JSON.stringify(text));
  }
});

test('a line whose family is wrong is refused before it ends', () => {
  for (const text of ['PROXY INVALID', 'PROXY TCP5', 'PROXY TCP44', 'PROXY UNKNOWM']) {
    assert.equal(read(text), 'broken header', text);
  }
  for (const text of ['PROXY ', 'PROXY T', 'PROXY TCP6 ', 'PROXY UNKNOWN', 'PROXY UNKNOWN what']) {
    assert.equal(read(text), 'incomplete', text);
  }
});
