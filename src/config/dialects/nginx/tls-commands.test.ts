import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { UpstreamTls } from '../../model/proxying.ts';
import { readText } from './fake-files.ts';
import { fakeNginxModel } from './fake-nginx-model.ts';

/** What is said of one command, of a server or of a place that passes requests on. */
function said(command: string, directive = 'ssl_conf_command'): string[] {
  return readText(`events {} http { server { ${directive} ${command}; } }`).diagnostics.map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
}

test('a command without an effect is told of', () => {
  deepEqual(said('Options KTLS'), ['warning: "Options ktls" has no effect']);
  deepEqual(said('"Options" "ServerPreference, AllowNoDHEKEX"'), ['warning: "Options allownodhekex" has no effect']);
  deepEqual(said('RecordPadding 16'), ['warning: "RecordPadding 16" has no effect']);
  deepEqual(said('Options SessionTicket', 'proxy_ssl_conf_command'), [
    'warning: "Options sessionticket" has no effect',
  ]);
  for (const command of ['Options NoRenegotiation,-Compression', 'Options +PrioritizeChaCha', 'Groups X25519']) {
    deepEqual(said(command), []);
  }
});

test('versions that are not spoken are refused', () => {
  for (const command of ['MaxProtocol TLSv1.1', 'Protocol TLSv1', 'Protocol -ALL,TLSv1.1', 'Protocol ALL,-ALL']) {
    const [, value = ''] = command.split(' ');
    deepEqual(said(command), [`error: "${value}" leaves no version of TLS that is spoken`]);
  }
  deepEqual(said('MinProtocol 1.3', 'uwsgi_ssl_conf_command'), ['error: "1.3" is no version of TLS']);
  deepEqual(said('MinProtocol TLSv1'), []);
  deepEqual(said('MaxProtocol None'), []);
});

function towards(text: string): Partial<UpstreamTls> {
  const { proxyPolicies } = fakeNginxModel(`server { location / { proxy_pass https://127.0.0.1; ${text} } }`);
  return proxyPolicies.find(({ connection }) => connection.tls !== undefined)?.connection.tls ?? {};
}

test('proxy_ssl_conf_command says how TLS is spoken with servers', () => {
  const command = (...commands: readonly string[]): Partial<UpstreamTls> =>
    towards(commands.map((each) => `proxy_ssl_conf_command ${each};`).join(' '));
  const shown = towards(
    'proxy_ssl_certificate /a.pem; proxy_ssl_certificate_key /a.key; proxy_ssl_conf_command Certificate /b.pem; proxy_ssl_conf_command PrivateKey b.key;',
  );
  deepEqual([shown.certFile, shown.keyFile], ['/b.pem', '/etc/nginx/b.key']);
  equal(command('Certificate /both.pem').keyFile, '/both.pem');
  deepEqual(command('MinProtocol TLSv1.3').protocols, ['TLSv1.3']);
  deepEqual(command('Protocol ALL,-TLSv1.3').protocols, ['TLSv1.2']);
  equal(command('CipherString HIGH').ciphers, 'HIGH');
  equal(command('Ciphersuites TLS_AES_128_GCM_SHA256').ciphers, 'TLS_AES_128_GCM_SHA256:DEFAULT');
  const { curves, signatures } = command('Curves P-256', 'SignatureAlgorithms ECDSA+SHA256');
  deepEqual([curves, signatures], ['P-256', 'ECDSA+SHA256']);
  const { protocols, ciphers } = towards('proxy_ssl_protocols TLSv1 TLSv1.2; proxy_ssl_ciphers LOW;');
  deepEqual([protocols, ciphers], [['TLSv1', 'TLSv1.2'], 'LOW']);
});
