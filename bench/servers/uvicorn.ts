import type { Kind, Place, Site } from './kind.ts';
import { nginx, proxyTo } from './nginx.ts';

/** Longer than nginx keeps its side of a connection, and than a round of another server lasts. */
const KEEP_ALIVE_SECONDS = 75;

interface UvicornOptions {
  /** The implementation of WebSockets, which is part of the name then. */
  readonly websockets?: 'websockets' | 'websockets-sansio' | 'wsproto';
}

/** On uvloop and httptools, without what only a server behind a proxy needs. */
export function uvicorn({ websockets }: UvicornOptions = {}): Kind {
  return {
    name: websockets === undefined ? 'uvicorn' : `uvicorn (${websockets})`,
    reloadSignal: 'SIGHUP',
    plan: (site, place) => {
      const listen = ['--port', place.port, '--no-proxy-headers'];
      const protocol = websockets === undefined ? [] : ['--ws', websockets];
      return { files: {}, commands: [{ argv: argvOf(site, place, [...listen, ...protocol]), role: 'python' }] };
    },
  };
}

/** Over a Unix socket, whose connections nginx keeps open; the client's address is taken from nginx. */
export function nginxUvicorn(): Kind {
  return {
    name: 'nginx → uvicorn',
    reloadSignal: 'SIGHUP',
    plan: (site, place) => {
      const socket = `${place.folder}/uvicorn.sock`;
      const front = nginx(place, ...proxyTo('uvicorn', socket, true));
      const listen = ['--uds', socket, '--proxy-headers', '--forwarded-allow-ips', '*'];
      return { files: front.files, commands: [{ argv: argvOf(site, place, listen), role: 'python' }, front.command] };
    },
  };
}

function argvOf({ app, workers }: Site, { peers }: Place, listen: readonly string[]): string[] {
  return [
    ...[`${peers}/bin/uvicorn`, '--workers', String(workers), '--loop', 'uvloop', '--http', 'httptools'],
    ...['--no-access-log', '--timeout-keep-alive', String(KEEP_ALIVE_SECONDS), ...listen, app],
  ];
}
