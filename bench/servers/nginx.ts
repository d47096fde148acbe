// nginx as a front: a worker for each core as its documentation advises, no access log, connections of clients kept
// for as many requests as they like, bodies in memory where they fit, upstreams over Unix sockets, kept open where
// their protocol can.

import type { Command, Place } from './kind.ts';

/** Connections to an upstream that each worker of nginx keeps. */
const UPSTREAM_KEPT = 64;

export interface Front {
  readonly files: Readonly<Record<string, string>>;
  readonly command: Command;
}

/** `handler` is what stands in the location, `upstream` a block beside the server. */
export function nginx(place: Place, handler: readonly string[], upstream = ''): Front {
  const { folder, port } = place;
  const configuration = `worker_processes auto;
worker_rlimit_nofile 16384;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx-error.log;
events {
    worker_connections 8192;
}
http {
    include /etc/nginx/mime.types;
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    client_max_body_size 1g;
    client_body_buffer_size 1m;
    client_body_temp_path ${folder}/nginx-body;
    proxy_temp_path ${folder}/nginx-proxy;
    uwsgi_temp_path ${folder}/nginx-uwsgi;
${upstream === '' ? '' : `    ${upstream}\n`}    server {
        listen 127.0.0.1:${port} reuseport backlog=2048;
${handler.map((line) => `        ${line}`).join('\n')}
    }
}
`;
  return {
    files: { 'nginx.conf': configuration },
    command: {
      argv: ['nginx', '-p', folder, '-c', `${folder}/nginx.conf`, '-e', `${folder}/nginx-error.log`],
      role: 'front',
    },
  };
}

/** A location that passes everything on over HTTP/1.1, and the upstream that it names. */
export function proxyTo(name: string, socket: string, isKept: boolean): [handler: string[], upstream: string] {
  return [
    [
      'location / {',
      `    proxy_pass http://${name};`,
      '    proxy_http_version 1.1;',
      '    proxy_set_header Connection "";',
      '    proxy_set_header Host $http_host;',
      '    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
      '    proxy_set_header X-Forwarded-Proto $scheme;',
      '}',
    ],
    `upstream ${name} { server unix:${socket} fail_timeout=0;${isKept ? ` keepalive ${UPSTREAM_KEPT};` : ''} }`,
  ];
}
