import type { KeyPair, Kind } from './kind.ts';

export interface HaproxyOptions {
  /** The port of the server behind, as a number or a placeholder. */
  readonly backend: string;
  readonly keys?: KeyPair;
  readonly connectionsMax: number;
}

/** A proxy with one thread. Connections to the server behind are kept and shared by all clients; the fields of a proxy are set as nginx's are. */
export function haproxy({ backend, keys, connectionsMax }: HaproxyOptions): Kind {
  return {
    name: 'HAProxy',
    isSecure: keys !== undefined,
    plan: (_site, { folder, port }) => ({
      files: {
        'haproxy.cfg': `global
    nbthread 1
    maxconn ${connectionsMax}
defaults
    mode http
    timeout connect 5s
    timeout client 75s
    timeout server 60s
    option http-keep-alive
    http-reuse always
frontend clients
    bind 127.0.0.1:${port}${keys === undefined ? '' : ` ssl crt ${keys.both} alpn http/1.1`}
    option forwardfor
    http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
    default_backend site
backend site
    server site 127.0.0.1:${backend}
`,
      },
      commands: [{ argv: ['haproxy', '-db', '-f', `${folder}/haproxy.cfg`], role: 'front' }],
    }),
  };
}
