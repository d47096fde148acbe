import type { Kind } from './kind.ts';
import { nginx, proxyTo } from './nginx.ts';

interface GunicornOptions {
  /** With more than none, the gthread worker, which keeps the connections of nginx open. */
  readonly threads?: number;
  readonly hasPreload?: boolean;
  readonly name?: string;
}

/** Longer than nginx keeps its side of a connection, so that none is closed under a request. */
const KEEP_ALIVE_SECONDS = 75;

export function nginxGunicorn(options: GunicornOptions = {}): Kind {
  const { threads = 0, hasPreload = false } = options;
  const worker = threads > 0 ? 'gthread' : 'sync';
  return {
    name: options.name ?? `nginx → gunicorn ${worker}`,
    reloadSignal: 'SIGHUP',
    plan: ({ app, workers }, place) => {
      const front = nginx(place, ...proxyTo('gunicorn', `${place.folder}/gunicorn.sock`, threads > 0));
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
