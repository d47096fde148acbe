import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateFiles } from '../../model/server-model.ts';
import type { SiteTls } from '../../model/site-tls.ts';
import { fakeNginxModel } from './fake-nginx-model.ts';

const CERTIFICATE = 'ssl_certificate /a.pem; ssl_certificate_key /a.key;';

/** The TLS of the first server; the other one makes its address speak TLS. */
function read(text: string): SiteTls & { readonly files: readonly CertificateFiles[] } {
  const { sites, certificates } = fakeNginxModel(`server { listen 443 ssl; ${CERTIFICATE} ${text} }`);
  const [site] = sites;
  if (site?.tls === undefined) throw new Error('no TLS');
  return { ...site.tls, files: site.tls.certificates.flatMap((index) => certificates[index] ?? []) };
}

test('siteTlsOf() has the defaults of nginx', () => {
  const { files, certificates: _, ...rules } = read('');
  deepEqual(files, [{ certFile: '/a.pem', keyFile: '/a.key', password: '' }]);
  deepEqual(rules, {
    namedCertificates: [],
    ...{ rejectsHandshake: false, protocols: [], prefersServerCiphers: false, curves: '', dhParams: '' },
    ...{ prioritizesChaCha: false, signatures: '' },
    ciphers: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:HIGH:!aNULL:!MD5',
    ...{ clients: 'none', caCerts: '', trustedCerts: '', crl: '', verifyDepth: 1 },
    ...{ clientStatus: 'none', clientResponder: '', clientResolver: undefined, clientStatusCache: '' },
    ...{ sessionMs: 300_000, usesTickets: true, keepsSessions: false, ticketKeyFiles: [], recordBytesMax: 16_384 },
    ...{ staples: 'never', staplingFile: '', staplingResponder: '', staplingSigner: 'anybody' },
    staplingResolver: undefined,
  });
});

test('siteTlsOf() reads each directive', () => {
  const tls = read(
    'ssl_certificate /b.pem; ssl_certificate_key /b.key; ssl_password_file /p; ssl_protocols TLSv1 TLSv1.3; ssl_ciphers HIGH; ssl_prefer_server_ciphers on; ssl_ecdh_curve auto; ssl_verify_client optional_no_ca; ssl_verify_depth 3; ssl_crl /c; ssl_session_timeout 1h; ssl_session_tickets off; ssl_session_cache builtin shared:a:1m; ssl_session_ticket_key /k1; ssl_session_ticket_key /k2; ssl_buffer_size 4k; ssl_reject_handshake on;',
  );
  deepEqual(
    tls.files.map(({ certFile, passwordFile }) => [certFile, passwordFile]),
    [
      ['/a.pem', '/p'],
      ['/b.pem', '/p'],
    ],
  );
  deepEqual([tls.protocols, tls.ciphers.endsWith(':HIGH'), tls.prefersServerCiphers], [['TLSv1.3'], true, true]);
  deepEqual([tls.curves, tls.clients, tls.verifyDepth, tls.crl], ['', 'unverified', 3, '/c']);
  deepEqual([tls.sessionMs, tls.usesTickets, tls.keepsSessions], [3_600_000, false, true]);
  deepEqual([tls.ticketKeyFiles, tls.recordBytesMax, tls.rejectsHandshake], [['/k1', '/k2'], 4096, true]);
});

test('siteTlsOf() reads how the word of an authority is got', () => {
  const of = (text: string): unknown[] => {
    const { staples, staplingFile, staplingResponder, staplingSigner, staplingResolver } = read(text);
    return [staples, staplingFile, staplingResponder, staplingSigner, staplingResolver?.servers];
  };
  deepEqual(of('ssl_stapling on; ssl_stapling_verify on; ssl_stapling_responder http://a.test/; resolver 127.0.0.1;'), [
    ...['always', '', 'http://a.test/', 'trusted'],
    ['127.0.0.1:53'],
  ]);
  deepEqual(of('ssl_stapling on; ssl_stapling_file /a.der;'), ['always', '/a.der', '', 'anybody', undefined]);
  deepEqual(of('ssl_stapling off; ssl_stapling_file /a.der;'), ['never', '', '', 'anybody', undefined]);
});

test('siteTlsOf() has the last word of ssl_conf_command', () => {
  const command = (...commands: readonly string[]): ReturnType<typeof read> =>
    read(`ssl_session_tickets off; ${commands.map((each) => `ssl_conf_command ${each};`).join(' ')}`);
  equal(command('Options SessionTicket', 'Options -ServerPreference').usesTickets, true);
  equal(command('Options ServerPreference,SessionTicket', 'Options -SessionTicket').usesTickets, false);
  equal(command('options serverpreference').prefersServerCiphers, true);
  deepEqual(command('MinProtocol TLSv1.3').protocols, ['TLSv1.3']);
  deepEqual(command('MaxProtocol TLSv1.2').protocols, ['TLSv1.2']);
  deepEqual(command('Protocol ALL,-TLSv1.2').protocols, ['TLSv1.3']);
  deepEqual(command('Protocol TLSv1.2').protocols, ['TLSv1.2']);
  equal(command('Ciphersuites TLS_AES_128_GCM_SHA256', 'CipherString LOW').ciphers, 'TLS_AES_128_GCM_SHA256:LOW');
  equal(command('Groups X25519').curves, 'X25519');
  equal(command('SignatureAlgorithms RSA+SHA256').signatures, 'RSA+SHA256');
  equal(command('Options PrioritizeChaCha').prioritizesChaCha, true);
  deepEqual(command('MinProtocol TLSv1.3', 'MaxProtocol TLSv1.2').protocols, ['TLSv1.3'], 'nothing is left');
  deepEqual(command('Certificate /o.pem', 'PrivateKey /o.key').files, [
    { certFile: '/o.pem', keyFile: '/o.key', password: '' },
  ]);
});

test('a server whose address speaks TLS by another one speaks it too, and "ssl on" is said for all addresses', () => {
  const { sites, listeners } = fakeNginxModel(
    `server { listen 443 ssl; ${CERTIFICATE} } server { listen 443; server_name b; } server { listen 80; server_name c; }`,
  );
  deepEqual(
    sites.map(({ tls }) => tls?.certificates.length),
    [1, 0, undefined],
  );
  deepEqual(
    listeners.map(({ tls }) => tls),
    [true, false],
  );
  const old = fakeNginxModel(`server { listen 8443; ssl on; ${CERTIFICATE} }`);
  deepEqual([old.listeners[0]?.tls, old.sites[0]?.tls?.certificates.length], [true, 1]);
});

test('siteTlsOf() has all certificates of a server found with each handshake, where the name of one has variables', () => {
  const { certificates, namedCertificates } = read(
    'ssl_certificate $ssl_server_name.crt; ssl_certificate_key data:$key; ssl_password_file p;',
  );
  deepEqual(certificates, []);
  deepEqual(namedCertificates, [
    { certFile: '/a.pem', keyFile: '/a.key', passwordFile: '/etc/nginx/p' },
    {
      certFile: ['/etc/nginx/./', { variable: 'ssl_server_name' }, '.crt'],
      keyFile: ['data:', { variable: 'key' }],
      passwordFile: '/etc/nginx/p',
    },
  ]);
});
