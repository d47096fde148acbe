// What both programs are told.

import type { Protocol } from './hostile-server.ts';
import type { Place } from './places.ts';

export interface Told {
  readonly port: number;
  readonly ports: ReadonlyMap<Protocol, number>;
  readonly places: readonly Place[];
  /** Of nginx: where temporary files are. */
  readonly temporary?: string;
  /** Of the page of upstreams, which nginx does not have. */
  readonly apiPort?: number;
}

const PASSES: Readonly<Record<Protocol, (upstream: string) => string>> = {
  http: (to) => `proxy_pass http://${to}; proxy_http_version 1.1; proxy_set_header Connection "";`,
  tls: (to) => `proxy_pass https://${to}; proxy_http_version 1.1; proxy_set_header Connection "";`,
  uwsgi: (to) => `uwsgi_pass ${to}; uwsgi_param REQUEST_URI $request_uri; uwsgi_param CONTENT_LENGTH $content_length;`,
  fastcgi: (to) =>
    `fastcgi_pass ${to}; fastcgi_param REQUEST_URI $request_uri; fastcgi_param CONTENT_LENGTH $content_length;`,
  scgi: (to) =>
    `scgi_pass ${to}; scgi_param SCGI 1; scgi_param CONTENT_LENGTH $content_length; scgi_param REQUEST_URI $request_uri;`,
  memcached: (to) => `set $memcached_key $uri; memcached_pass ${to};`,
};
const PREFIXES: Readonly<Record<Protocol, string>> = {
  ...{ http: 'proxy', tls: 'proxy', uwsgi: 'uwsgi', fastcgi: 'fastcgi', scgi: 'scgi', memcached: 'memcached' },
};
const KEPT = new Set<Protocol>(['http', 'tls', 'memcached']);

export function renderConfiguration({ port, ports, places, temporary, apiPort }: Told): string {
  const upstreams = Array.from(
    ports,
    ([protocol, to]) =>
      `upstream ${protocol} { server 127.0.0.1:${to} max_fails=0; ${KEPT.has(protocol) ? 'keepalive 16;' : ''} }`,
  );
  const locations = Array.from(ports.keys(), (protocol) => {
    const pass = PASSES[protocol](protocol);
    const prefix = PREFIXES[protocol];
    const streams = protocol === 'memcached' ? '' : `${prefix}_request_buffering off; ${prefix}_buffering off;`;
    return [
      `location /${protocol}/ { ${pass} }`,
      `location /${protocol}-unbuffered/ { ${pass} ${streams} }`,
      `location /${protocol}-timed/ { ${pass} ${prefix}_read_timeout 1s; }`,
    ].join('\n');
  });
  const known = places.filter(({ isOurs }) => apiPort !== undefined || isOurs !== true);
  const placed = known.map(({ name, servers }) => `upstream ${name} { ${servers} }`);
  const ofPlaces = known.map(({ name, rules }) => `location /${name}/ { ${rules} }`);
  const paths =
    temporary === undefined ? '' : `client_body_temp_path ${temporary}/bodies; proxy_temp_path ${temporary}/responses;`;
  const api = apiPort === undefined ? '' : `server { listen 127.0.0.1:${apiPort}; location / { api; } }`;
  return `pid nginx.pid; error_log error.log info; worker_processes 1;
events { worker_connections 4096; }
http { access_log off; client_body_buffer_size 1m; client_max_body_size 10m; ${paths}
${[...upstreams, ...placed].join('\n')}
server { listen 127.0.0.1:${port} backlog=4096; ${[...locations, ...ofPlaces].join('\n')} }
${api} }
`;
}
