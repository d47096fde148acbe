import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { syslogAddress, syslogDatagram, syslogTime } from './syslog-datagram.ts';

test('a server is a host, with a port or without', () => {
  deepEqual(syslogAddress('logs.example'), { host: 'logs.example', port: 514 });
  deepEqual(syslogAddress('10.0.0.1:5514'), { host: '10.0.0.1', port: 5514 });
  deepEqual(syslogAddress('[::1]:5514'), { host: '::1', port: 5514 });
  deepEqual(syslogAddress('[::1]'), { host: '::1', port: 514 });
});

test('the time is that of RFC 3164: a day of one digit has a space in front', () => {
  match(syslogTime(new Date(2026, 10, 3, 7, 4, 5).getTime()), /^Nov {2}3 07:04:05$/);
  match(syslogTime(new Date(2026, 0, 31, 17, 44, 55).getTime()), /^Jan 31 17:44:55$/);
});

test('a line has its priority, time, host and tag in front, and no end', () => {
  const atMs = new Date(2026, 10, 3, 7, 4, 5).getTime();
  const head = { facility: 23, severity: 6, hostname: 'web', tag: 'nginx' };
  equal(syslogDatagram(head, atMs, 'caf\xe9\n').latin1Slice(), '<190>Nov  3 07:04:05 web nginx: caf\xe9');
  equal(syslogDatagram({ ...head, hostname: undefined }, atMs, 'a').latin1Slice(), '<190>Nov  3 07:04:05 nginx: a');
});
