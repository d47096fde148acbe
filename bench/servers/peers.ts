import { apacheModWsgi } from './apache.ts';
import { daphne } from './daphne.ts';
import { granian, granianAsgi } from './granian.ts';
import { nginxGunicorn } from './gunicorn.ts';
import { hypercorn } from './hypercorn.ts';
import type { Kind } from './kind.ts';
import { leastRelay } from './least.ts';
import { portico } from './portico.ts';
import { nginxUvicorn, uvicorn } from './uvicorn.ts';
import { nginxUwsgi, uwsgiHttp } from './uwsgi.ts';

/** What gunicorn's documentation suggests to begin with: two to four for each core; four did best. */
export const GUNICORN_THREADS = 4;
/** mod_wsgi's default; fewer were no faster. */
const APACHE_THREADS = 15;

/** Everything that runs a WSGI application, as one would set it up for throughput. */
export const WSGI_KINDS: readonly Kind[] = [
  portico(),
  nginxGunicorn(),
  nginxGunicorn({ threads: GUNICORN_THREADS }),
  nginxUwsgi(),
  apacheModWsgi(APACHE_THREADS),
  granian(),
  uwsgiHttp(),
];

/** The same but for uWSGI's own HTTP, which is no faster than behind nginx and takes the time of another. */
export const MAIN_KINDS: readonly Kind[] = WSGI_KINDS.filter(({ name }) => name !== uwsgiHttp().name);

/** Of two ways to run gunicorn, one: what a body costs is the same in both. */
export const BODY_WSGI_KINDS: readonly Kind[] = [
  ...MAIN_KINDS.filter(({ name }) => name !== nginxGunicorn({ threads: GUNICORN_THREADS }).name),
  leastRelay(),
];

/** The fastest that run an ASGI application; the others, many times slower, would take the time of a whole case. */
export const BODY_ASGI_KINDS: readonly Kind[] = [portico(), uvicorn(), granianAsgi()];

/** Everything that runs an ASGI application. */
export const ASGI_KINDS: readonly Kind[] = [portico(), uvicorn(), nginxUvicorn(), granianAsgi(), daphne(), hypercorn()];

/**
 * What speaks WebSocket. uvicorn has three implementations: this one, which it takes by itself, took the least of the
 * processor for a message in echo and broadcast, with few and with many clients; wsproto took half as much again.
 */
export const WEBSOCKET_KINDS: readonly Kind[] = [
  portico(),
  uvicorn({ websockets: 'websockets-sansio' }),
  granianAsgi({ hasWebsockets: true }),
  daphne(),
];
