import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, syslogTime } from './syslog-sender.ts';

test('a server is a host, with a port or without', () => {
  deepEqual(addressOf('logs.example'), { host: 'logs.example', port: 514 });
  deepEqual(addressOf('10.0.0.1:5514'), { host: '10.0.0.1', port: 5514 });
  deepEqual(addressOf('[::1]:5514'), { host: '::1', port: 5514 });
  deepEqual(addressOf('[::1]'), { host: '::1', port: 514 });
});

test('the time is that of RFC 3164: a day of one digit has a space in front', () => {
  match(syslogTime(new Date(2026, 10, 3, 7, 4, 5).getTime()), /^Nov {2}3 07:04:05$/);
  match(syslogTime(new Date(2026, 0, 31, 17, 44, 55).getTime()), /^Jan 31 17:44:55$/);
});
