// Proxies in front of one server: each has one process or thread that serves, keeps its connections to the server, writes no access log, and tells
// the server who asks.

import { OURS } from '../report/rates.ts';
import { caddy } from './caddy.ts';
import { haproxy } from './haproxy.ts';
import type { KeyPair, Kind } from './kind.ts';
import type { NginxFile } from './nginx-file.ts';
import { nginxFile } from './nginx-file.ts';

export interface Proxied {
  /** The port of the server behind, as a number or a placeholder. */
  readonly backend: string;
  /** Clients are served by TLS, with this key. */
  readonly keys?: KeyPair;
}

/** As many as wrk opens to a proxy, so that no request waits for a connection or opens one. */
const KEPT = 64;
const CONNECTIONS_MAX = 8192;

/** Portico first, then what it is compared with. */
export function proxyKinds(proxied: Proxied): Kind[] {
  return [
    ...nginxFileKinds(proxied),
    haproxy({ ...proxied, connectionsMax: CONNECTIONS_MAX }),
    caddy({ ...proxied, kept: KEPT }),
  ];
}

/** One file for both. */
function nginxFileKinds({ backend, keys }: Proxied): Kind[] {
  const file = (): NginxFile => proxyFile(backend);
  const more = keys === undefined ? { file } : { file, keys };
  return [
    nginxFile({ name: OURS, program: 'portico nginx', ...more }),
    nginxFile({ name: 'nginx', program: 'nginx', ...more }),
  ];
}

function proxyFile(backend: string): NginxFile {
  return {
    http: [
      'access_log off;',
      'client_max_body_size 10m;',
      'client_body_buffer_size 1m;',
      `upstream site { server 127.0.0.1:${backend}; keepalive ${KEPT}; keepalive_requests 1000000; }`,
      'proxy_http_version 1.1;',
      'proxy_set_header Connection "";',
      'proxy_set_header Host $http_host;',
      'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
      'proxy_set_header X-Forwarded-Proto $scheme;',
    ],
    servers: [
      [
        'location / { proxy_pass http://site; }',
        'location /streamed { proxy_request_buffering off; proxy_pass http://site/upload; }',
        // Clients that hardly read: what they have not taken stays with the server behind, and is not written to a disk.
        'location /held/ { proxy_max_temp_file_size 0; proxy_pass http://site; }',
      ],
    ],
  };
}

/** nginx with one process, which answers from memory. */
export function backendKind(files: string): Kind {
  return nginxFile({
    name: 'the server behind',
    program: 'nginx',
    file: ({ port }) => ({
      http: [
        'access_log off;',
        'client_max_body_size 10m;',
        'client_body_buffer_size 1m;',
        'sendfile on;',
        `upstream self { server 127.0.0.1:${port}; keepalive 16; keepalive_requests 1000000; }`,
      ],
      servers: [
        [
          'location / { return 200 "Hello, World!\\n"; }',
          // `return` answers before it has read a body, as few applications do; a proxy reads it first. It asks itself, without the body.
          'location /upload {',
          '    proxy_pass_request_body off;',
          '    proxy_set_header Content-Length "";',
          '    proxy_set_header Connection "";',
          '    proxy_http_version 1.1;',
          '    proxy_pass http://self/;',
          '}',
          `location /1m { alias ${files}/1m.bin; }`,
          `location /held/ { alias ${files}/; }`,
        ],
      ],
    }),
  });
}
