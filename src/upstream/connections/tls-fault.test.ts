import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { TlsFault, tlsFailure } from './tls-fault.ts';

const failed = (code: string, message: string): NodeJS.ErrnoException => Object.assign(new Error(message), { code });

test('what OpenSSL has found is told as nginx tells it', () => {
  const alert = failed(
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    '402D841DE67F0000:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/x.c:918:SSL alert number 116\n',
  );
  equal(
    tlsFailure(alert, 'SSL_read()'),
    'SSL_read() failed (SSL: error:0A00045C:SSL routines::tlsv13 alert certificate required:SSL alert number 116)',
  );
  const version = failed(
    'ERR_SSL_WRONG_VERSION_NUMBER',
    '0:error:0A00010B:SSL routines:f:wrong version number:x.c:354:\n',
  );
  equal(
    tlsFailure(version, 'SSL_do_handshake()'),
    'SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number)',
  );
  equal(tlsFailure(failed('ERR_SSL_OTHER', 'else'), 'SSL_write()'), 'SSL_write() failed (SSL: ERR_SSL_OTHER)');
});

test('a fault of ours is told as it is, and one of the network is none of TLS', () => {
  equal(tlsFailure(new TlsFault('upstream SSL certificate …'), 'SSL_read()'), 'upstream SSL certificate …');
  equal(tlsFailure(failed('ECONNRESET', 'reset'), 'SSL_read()'), undefined);
});
