import type { KeyPair, Kind } from './kind.ts';

export interface CaddyOptions {
  /** The port of the server behind, as a number or a placeholder. */
  readonly backend: string;
  readonly keys?: KeyPair;
  /** Connections to the server behind that are kept: of its own, fewer than the load opens. */
  readonly kept: number;
}

/** A proxy that runs Go's code on one core at a time. It sets the fields of a proxy by itself. */
export function caddy({ backend, keys, kept }: CaddyOptions): Kind {
  const scheme = keys === undefined ? 'http' : 'https';
  return {
    name: 'Caddy',
    isSecure: keys !== undefined,
    plan: (_site, { folder, port }) => ({
      files: {
        Caddyfile: `{
    admin off
    auto_https off
    storage file_system ${folder}/caddy
    servers {
        protocols h1
    }
}
${scheme}://127.0.0.1:${port} {
${keys === undefined ? '' : `    tls ${keys.certificate} ${keys.key}\n`}    reverse_proxy 127.0.0.1:${backend} {
        transport http {
            keepalive_idle_conns_per_host ${kept}
        }
    }
}
`,
      },
      commands: [
        {
          argv: ['env', 'GOMAXPROCS=1', 'caddy', 'run', '--adapter', 'caddyfile', '--config', `${folder}/Caddyfile`],
          role: 'front',
        },
      ],
    }),
  };
}
