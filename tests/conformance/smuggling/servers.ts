// The servers behind. Each writes what it has seen into one file, and echoes the number of the request.

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority } from '../../integration/certificates.ts';
import { findPort } from '../../integration/free-port.ts';
import { startApache } from '../../peers/apache.ts';
import type { Program } from '../../peers/programs.ts';
import {
  openFolder,
  pythonProgram,
  start,
  startFlup,
  startGunicorn,
  startMemcached,
  writeFiles,
} from '../../peers/programs.ts';

export interface Behind {
  /** The first part of the path under which it is asked. */
  readonly name: string;
  readonly what: string;
  /** In its location. */
  readonly directives: string;
}

export interface Servers extends AsyncDisposable {
  readonly behind: readonly Behind[];
  /** Blocks of `upstream`. */
  readonly upstreams: string;
  /** What has been seen, a line of JSON for each. */
  readonly seenPath: string;
  readonly memcachedPort: number;
  /** What the servers have printed that have ended before their time: an attack may be one on them. */
  readonly ended: readonly string[];
}

function recordingApp(seenPath: string, by: string): string {
  return `
import json, os

NAMES = ('CONTENT_LENGTH', 'CONTENT_TYPE', 'REMOTE_ADDR', 'SCRIPT_NAME')

def application(environ, start_response):
    source = environ['wsgi.input']
    is_cut = False
    try:
        ends = environ.get('wsgi.input_terminated')
        body = source.read() if ends else source.read(int(environ.get('CONTENT_LENGTH') or 0))
    except Exception as error:
        body = repr(error).encode()
        is_cut = True
    said = {name: value for name, value in environ.items() if name.startswith('HTTP_') or name in NAMES}
    line = {
        'by': '${by}',
        'method': environ['REQUEST_METHOD'],
        'target': environ.get('RAW_URI') or environ.get('REQUEST_URI'),
        'body': body.decode('latin-1'),
        'isCut': is_cut or len(body) < int(environ.get('CONTENT_LENGTH') or 0),
        'environ': said,
    }
    seen = os.open('${seenPath}', os.O_WRONLY | os.O_APPEND)
    os.write(seen, (json.dumps(line) + '\\n').encode())
    os.close(seen)
    start_response('200 OK', [('Content-Length', '2'), ('X-Echo', environ.get('HTTP_X_ID', ''))])
    return [b'ok']
`;
}

function recordingNode(seenPath: string, by: string, port: number): string {
  return `
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
createServer((request, response) => {
  const parts = [];
  request.on('data', (bytes) => parts.push(bytes));
  request.on('end', () => {
    const environ = {};
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      const name = request.rawHeaders[at].toUpperCase().replaceAll('-', '_');
      const key = name === 'CONTENT_LENGTH' ? name : 'HTTP_' + name;
      environ[key] = (environ[key] === undefined ? '' : environ[key] + ', ') + request.rawHeaders[at + 1];
    }
    const line = { by: '${by}', method: request.method, target: request.url, body: Buffer.concat(parts).toString('latin1'), environ };
    appendFileSync('${seenPath}', JSON.stringify(line) + '\\n', 'latin1');
    response.setHeader('X-Echo', request.headers['x-id'] ?? '');
    response.end('ok');
  });
}).listen(${port}, '127.0.0.1');
`;
}

function recordingNginx(seenPath: string, folder: string, port: number): string {
  return `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; worker_processes 1; user root;
events {}
http {
    log_format seen escape=json '{"by":"nginx","method":"$request_method","target":"$request_uri","environ":{"HTTP_X_ID":"$http_x_id","HTTP_X_LINE":"$http_x_line","HTTP_X_REAL_IP":"$http_x_real_ip","CONTENT_LENGTH":"$content_length","HTTP_TRANSFER_ENCODING":"$http_transfer_encoding"}}';
    # What it refuses before it has read the line has no method.
    access_log ${seenPath} seen if=$request_method;
    keepalive_requests 1000000;
    server { listen 127.0.0.1:${port}; location / { add_header X-Echo $http_x_id always; return 200 ok; } }
}
`;
}

function haproxyFile(port: number, app: number): string {
  return `
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    http-reuse always
listen front
    bind 127.0.0.1:${port}
    server app 127.0.0.1:${app}
`;
}

/** With its files in a folder of its own, which its command is told. */
async function startWith(
  files: (folder: string) => Readonly<Record<string, string>>,
  command: (folder: string) => readonly string[],
  port: number,
): Promise<Program> {
  const folder = openFolder();
  writeFiles(folder, files(folder));
  return start(command(folder), folder, { host: '127.0.0.1', port });
}

const PARAMS: Readonly<Record<string, string>> = {
  ...{ QUERY_STRING: '$query_string', REQUEST_METHOD: '$request_method', CONTENT_TYPE: '$content_type' },
  ...{ CONTENT_LENGTH: '$content_length', PATH_INFO: '$uri', SERVER_PROTOCOL: '$server_protocol', SCRIPT_NAME: '""' },
  ...{ SERVER_NAME: 'site', SERVER_PORT: '$server_port', REMOTE_ADDR: '$remote_addr', REQUEST_URI: '$request_uri' },
  ...{ HTTP_X_ID: '$request_id', HTTP_X_LINE: '"$request_method $request_uri"', HTTP_X_REAL_IP: '$remote_addr' },
};

function pass(protocol: 'uwsgi' | 'fastcgi' | 'scgi', to: string, more = ''): string {
  const params = Object.entries(PARAMS).map(([name, value]) => `${protocol}_param ${name} ${value};`);
  return `${params.join(' ')} ${protocol}_pass ${to}; ${more}`;
}

/** Of what a server has printed. */
const LOG_CHARS = 1000;
const NAMES = [
  ...['gunicorn', 'uwsgiHttp', 'node', 'apache', 'secure', 'nginx', 'haproxy', 'behindHaproxy', 'flup', 'memcached'],
  ...['uwsgi', 'scgi'],
] as const;
type Ports = Readonly<Record<string, number>>;

export async function startServers(): Promise<Servers> {
  const folder = openFolder();
  const seenPath = join(folder, 'seen.log');
  writeFileSync(seenPath, '');
  chmodSync(seenPath, 0o666);
  const ports: Record<string, number> = {};
  for (const name of NAMES) ports[name] = await findPort();
  const ended: string[] = [];
  await using stack = new AsyncDisposableStack();
  for (const result of await Promise.allSettled(startAll(ports, folder, seenPath))) {
    if (result.status === 'rejected') throw new Error('a server behind did not start', { cause: result.reason });
    const { server } = stack.use(result.value);
    void server.exit.then((code) => ended.push(`${code}: ${server.log.slice(-LOG_CHARS)}`));
  }
  // uWSGI closes its connections of HTTP behind each request and does not say so.
  const upstreams = ['gunicorn', 'node', 'apache', 'secure', 'nginx', 'haproxy', 'flup']
    .map((name) => `upstream ${name} { server 127.0.0.1:${ports[name]} max_fails=0; keepalive 4; }`)
    .join('\n');
  const moved = stack.move();
  return {
    behind: behindOf(ports),
    upstreams,
    seenPath,
    memcachedPort: ports['memcached'] ?? 0,
    ended,
    [Symbol.asyncDispose]: async () => moved.disposeAsync(),
  };
}

function startAll(ports: Ports, folder: string, seenPath: string): Promise<Program>[] {
  const at = (name: string): number => ports[name] ?? 0;
  const app = (by: string): string => recordingApp(seenPath, by);
  const uwsgi = [
    ...[
      pythonProgram('uwsgi'),
      '--http-socket',
      `127.0.0.1:${at('uwsgiHttp')}`,
      '--socket',
      `127.0.0.1:${at('uwsgi')}`,
    ],
    ...['--scgi-socket', `127.0.0.1:${at('scgi')}`, '--wsgi-file', 'app.py', '--threads', '4', '--die-on-term'],
    ...['--need-app', '--disable-logging', '--master'],
  ];
  const started = (
    name: string,
    files: (home: string) => Readonly<Record<string, string>>,
    command: (home: string) => readonly string[],
  ): Promise<Program> => startWith(files, command, at(name));
  return [
    startGunicorn({ app: app('gunicorn'), at: at('gunicorn') }),
    startGunicorn({ app: app('HAProxy'), at: at('behindHaproxy') }),
    startFlup({ app: app('flup'), at: at('flup') }),
    startMemcached(at('memcached')),
    startApache(at('apache'), apacheSites(ports, folder), { 'site.wsgi': app('Apache') }),
    started(
      'uwsgiHttp',
      () => ({ 'app.py': app('uWSGI') }),
      () => uwsgi,
    ),
    started(
      'node',
      () => ({ 'server.mjs': recordingNode(seenPath, 'Node.js', at('node')) }),
      () => [process.execPath, 'server.mjs'],
    ),
    started(
      'nginx',
      (home) => ({ 'nginx.conf': recordingNginx(seenPath, home, at('nginx')) }),
      (home) => ['/usr/sbin/nginx', '-c', `${home}/nginx.conf`],
    ),
    started(
      'haproxy',
      () => ({ 'haproxy.cfg': haproxyFile(at('haproxy'), at('behindHaproxy')) }),
      () => ['/usr/sbin/haproxy', '-db', '-f', 'haproxy.cfg'],
    ),
  ];
}

/** One by HTTP and one by TLS. */
function apacheSites({ apache, secure }: Ports, folder: string): (home: string) => string {
  const { cert, key } = new Authority(folder).issue('domain.test');
  return (home) => {
    const site = `WSGIScriptAlias / ${home}/site.wsgi
AllowEncodedSlashes NoDecode
KeepAlive On
MaxKeepAliveRequests 0
<Directory ${home}>
    Require all granted
</Directory>
</VirtualHost>
`;
    return `LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
Listen 127.0.0.1:${secure}
<VirtualHost *:${apache}>
${site}
<VirtualHost *:${secure}>
SSLEngine on
SSLCertificateFile ${cert}
SSLCertificateKeyFile ${key}
${site}`;
  };
}

function behindOf(ports: Ports): Behind[] {
  const address = (name: string): string => `127.0.0.1:${ports[name]}`;
  const http = (name: string, what: string, directives: string): Behind => ({
    name,
    what: `${what}, HTTP`,
    directives,
  });
  const memcached = `memcached_pass ${address('memcached')};`;
  const streamed = 'proxy_request_buffering off;';
  const haproxy = 'HAProxy in front of gunicorn';
  return [
    http('gunicorn', 'gunicorn', 'proxy_pass http://gunicorn;'),
    http('uwsgi-http', 'uWSGI', `proxy_pass http://${address('uwsgiHttp')};`),
    http('node', 'Node.js', 'proxy_pass http://node;'),
    http('streamed', 'Node.js, bodies not collected', `${streamed} proxy_pass http://node;`),
    http('apache', 'Apache with mod_wsgi', 'proxy_pass http://apache;'),
    { name: 'apache-tls', what: 'Apache with mod_wsgi, TLS', directives: 'proxy_pass https://secure;' },
    http('nginx', 'nginx', 'proxy_pass http://nginx;'),
    http('haproxy', haproxy, 'proxy_pass http://haproxy;'),
    http('haproxy-streamed', `${haproxy}, bodies not collected`, `${streamed} proxy_pass http://haproxy;`),
    { name: 'uwsgi', what: 'uWSGI, uwsgi', directives: pass('uwsgi', address('uwsgi')) },
    {
      name: 'fastcgi',
      what: 'flup, FastCGI with connections that are kept',
      directives: pass('fastcgi', 'flup', 'fastcgi_keep_conn on;'),
    },
    { name: 'scgi', what: 'uWSGI, SCGI', directives: pass('scgi', address('scgi')) },
    { name: 'memcached', what: 'memcached, the path as the key', directives: `set $memcached_key $uri; ${memcached}` },
    {
      name: 'memcached-query',
      what: 'memcached, the query as the key',
      directives: `set $memcached_key $args; ${memcached}`,
    },
  ];
}
