import type { Kind } from './kind.ts';
import { nginx } from './nginx.ts';

interface GunicornOptions {
  /** With more than none, the gthread worker, which keeps the connections of nginx open. */
  readonly threads?: number;
  readonly hasPreload?: boolean;
  readonly name?: string;
}

/** Longer than nginx keeps its side of a connection, so that none is closed under a request. */
const KEEP_ALIVE_SECONDS = 75;
/** Connections to gunicorn that each worker of nginx keeps. */
const UPSTREAM_KEPT = 64;

export function nginxGunicorn(options: GunicornOptions = {}): Kind {
  const { threads = 0, hasPreload = false } = options;
  const worker = threads > 0 ? 'gthread' : 'sync';
  return {
    name: options.name ?? `nginx → gunicorn ${worker}`,
    reloadSignal: 'SIGHUP',
    plan: ({ app, workers }, place) => {
      const front = nginx(
        place,
        [
          'location / {',
          '    proxy_pass http://gunicorn;',
          '    proxy_http_version 1.1;',
          '    proxy_set_header Connection "";',
          '    proxy_set_header Host $http_host;',
          '    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
          '    proxy_set_header X-Forwarded-Proto $scheme;',
          '}',
        ],
        `upstream gunicorn { server unix:${place.folder}/gunicorn.sock fail_timeout=0;${threads > 0 ? ` keepalive ${UPSTREAM_KEPT};` : ''} }`,
      );
      const argv = [
        ...[`${place.peers}/bin/gunicorn`, '--workers', String(workers), '--no-control-socket'],
        ...(threads > 0
          ? ['--worker-class', 'gthread', '--threads', String(threads), '--keep-alive', String(KEEP_ALIVE_SECONDS)]
          : []),
        ...(hasPreload ? ['--preload'] : []),
        ...['--bind', `unix:${place.folder}/gunicorn.sock`, app],
      ];
      return { files: front.files, commands: [{ argv, role: 'python' }, front.command] };
    },
  };
}
