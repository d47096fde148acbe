// Three servers share the requests of a site, which come by TLS: one of them is killed while it is asked, and comes back.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Authority } from '../integration/certificates.ts';
import { Client } from '../integration/client.ts';
import { findPort } from '../integration/free-port.ts';
import { descendants } from '../integration/processes.ts';
import { ask, echoApp } from './echo-app.ts';
import type { Program } from './programs.ts';
import { openFolder, startFront, startGunicorn, writeFiles } from './programs.ts';

const CLIENTS = 6;
const FIELDS = 'Host: example.com\r\n';

interface Places {
  readonly folder: string;
  readonly port: number;
  readonly securePort: number;
  readonly servers: readonly number[];
}

/** Of a server that comes back is heard after the time of \`fail_timeout\`. */
function site({ folder, port, securePort, servers }: Places): string {
  return `
upstream mywebapp1 {
${servers.map((each) => `    server 127.0.0.1:${each} fail_timeout=1s;`).join('\n')}
}

server {
    listen ${port};
    listen ${securePort} ssl;
    server_name example.com www.emxaple.com;

    ssl on;
    ssl_certificate         ${folder}/server.crt;
    ssl_certificate_key     ${folder}/server.key;
    ssl_trusted_certificate ${folder}/ca-certs.pem;

    ssl_session_cache shared:SSL:20m;
    ssl_session_timeout 10m;

    ssl_prefer_server_ciphers       on;
    ssl_protocols                   SSLv3 TLSv1 TLSv1.1 TLSv1.2;
    ssl_ciphers                     ECDH+AESGCM:DH+AESGCM:ECDH+AES256:DH+AES256:ECDH+AES128:DH+AES:ECDH+3DES:DH+3DES:RSA+AESGCM:RSA+AES:RSA+3DES:!aNULL:!MD5:!DSS;

    add_header Strict-Transport-Security "max-age=31536000";

    location / {
        proxy_pass http://mywebapp1;
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        allow 192.168.1.1/24;   #restricting access
    	allow 127.0.0.1;
    	deny 192.168.1.2;
    	deny all;
    }
}
`;
}

/** Clients that ask without a pause, and which server has answered how often. */
class Asking {
  readonly counts = new Map<string, number>();
  readonly failed: string[] = [];
  readonly #port: number;
  readonly #running: Promise<unknown>;
  #isStopping = false;
  #wake: () => void = () => undefined;

  constructor(port: number) {
    this.#port = port;
    this.#running = Promise.all(Array.from({ length: CLIENTS }, () => this.#ask()));
  }

  /** Waits until it is so, which is looked at after each answer. */
  async until(isSo: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        if (isSo() || this.failed.length > 0) resolve();
      };
      this.#wake();
    });
    assert.deepEqual(this.failed, []);
  }

  /** Each of the servers has answered so many more. */
  async shared(names: readonly string[], more: number): Promise<void> {
    const before = new Map(this.counts);
    await this.until(() => names.every((name) => this.#count(name) - (before.get(name) ?? 0) >= more));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  #count(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  async #ask(): Promise<void> {
    using client = await Client.secure(this.#port, { servername: 'example.com', rejectUnauthorized: false });
    while (!this.#isStopping) {
      const { answer, environ } = await ask(client, '/', FIELDS);
      const { server = '' } = environ;
      if (answer.status !== 200) this.failed.push(`${answer.status} ${answer.body}`);
      this.counts.set(server, this.#count(server) + 1);
      this.#wake();
    }
  }
}

function kill({ server }: Program): void {
  for (const { pid } of descendants(server.pid)) process.kill(pid, 'SIGKILL');
  process.kill(server.pid, 'SIGKILL');
}

test('a server that is killed costs no request, and gets its share again when it is back', async () => {
  const folder = openFolder();
  const [port, securePort] = [await findPort(), await findPort()];
  const { cert, key } = new Authority(folder).issue('example.com');
  const pem = readFileSync(cert, 'utf8');
  writeFiles(folder, { 'server.crt': pem, 'server.key': readFileSync(key, 'utf8'), 'ca-certs.pem': pem });
  const servers = [await findPort(), await findPort(), await findPort()];
  const [, , last = 0] = servers;
  const text = `pid nginx.pid; error_log error.log; events {} http { access_log off; keepalive_requests 1000000;\n${site({ folder, port, securePort, servers })}\n}`;
  await using _first = await startGunicorn({ app: echoApp('one'), at: servers[0] ?? 0 });
  await using _second = await startGunicorn({ app: echoApp('two'), at: servers[1] ?? 0 });
  await using third = await startGunicorn({ app: echoApp('three'), at: last });
  await using _front = await startFront(text, folder, port);
  await using asking = new Asking(securePort);
  await asking.shared(['one', 'two', 'three'], 10);
  kill(third);
  await third.server.exit;
  await asking.shared(['one', 'two'], 30);
  await using _back = await startGunicorn({ app: echoApp('back'), at: last });
  await asking.shared(['one', 'two', 'back'], 10);
  // Where `ssl on` stands, TLS is spoken at both ports.
  using client = await Client.secure(port, { servername: 'example.com', rejectUnauthorized: false });
  const { answer, environ } = await ask(client, '/', FIELDS);
  assert.equal(answer.fields.get('strict-transport-security'), 'max-age=31536000');
  assert.equal(environ['HTTP_X_FORWARDED_PROTO'], 'https');
});
