// What an application is told by the uwsgi protocol: by a real uWSGI, and by Portico in its place. In front of both is Portico as nginx. Modifier 30 is not among it: uWSGI looks there for
// byte strings in the environ, finds none under Python 3, and takes nothing away.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../integration/client.ts';
import { findPort } from '../integration/free-port.ts';
import { serve } from '../integration/server.ts';
import { ask, echoApp } from './echo-app.ts';
import { openFolder, startFront, startUwsgi } from './programs.ts';

const MORE = 'uwsgi_param REMOTE_USER kim; uwsgi_param X-Setting "a b"; uwsgi_param UWSGI_SCHEME https;';

/** The places of one server, below the name of it. */
function places(name: string, port: number): string {
  const pass = `include /etc/nginx/uwsgi_params; uwsgi_pass 127.0.0.1:${port};`;
  return `
location /${name}/plain/ { ${pass} ${MORE} }
location /${name}/kept/ { ${pass} uwsgi_param SCRIPT_NAME /${name}; }
location /${name}/taken/ { rewrite ^/${name}(/.*)$ $1 break; ${pass} uwsgi_param SCRIPT_NAME /${name}; }`;
}

/** Keys that one of the two has alone, or that differ by what the servers are. */
const OWN = /^(HTTP_X_REQUEST_ID|RAW_URI|uwsgi\.\w+|HTTP_CONTENT_LENGTH|HTTP_CONTENT_TYPE|REMOTE_PORT|server)$/;

function comparable(said: Readonly<Record<string, string>>, name: string): Record<string, string> {
  const entries = Object.entries(said).filter(([key]) => !OWN.test(key));
  // Where nobody has said where it is mounted, PEP 3333 lets the key be absent, and uWSGI leaves it away.
  const mounted = said['SCRIPT_NAME'] === '' ? entries.filter(([key]) => key !== 'SCRIPT_NAME') : entries;
  return Object.fromEntries(mounted.map(([key, value]) => [key, value.replaceAll(`/${name}`, '/NAME')]));
}

test('an application is told the same by uWSGI and by Portico in its place', async () => {
  const [port, uwsgi, own] = [await findPort(), await findPort(), await findPort()];
  await using _uwsgi = await startUwsgi({ app: echoApp(), at: uwsgi });
  await using _own = await serve({ app: echoApp(), args: ['--bind', `uwsgi://127.0.0.1:${own}`] });
  const text = `pid nginx.pid; error_log error.log; events {} http { access_log off; server { listen 127.0.0.1:${port}; server_name domain.test;${places('uwsgi', uwsgi)}${places('own', own)} } }`;
  await using _front = await startFront(text, openFolder(), port);
  using client = await Client.open(port);
  for (const [place, body] of [
    ['plain/a%20b/?q=1&r', ''],
    ['kept/x', ''],
    ['taken/x%C3%A9', ''],
    ['plain/', 'a=b'],
  ] as const) {
    const fields = 'Host: domain.test\r\nCookie: a=1; b=2\r\nX-A: 1\r\nAuthorization: Basic eDp5\r\n';
    const typed = body === '' ? fields : `${fields}Content-Type: text/plain\r\n`;
    const theirs = (await ask(client, `/uwsgi/${place}`, typed, body)).environ;
    const ours = (await ask(client, `/own/${place}`, typed, body)).environ;
    assert.deepEqual(comparable(ours, 'own'), comparable(theirs, 'uwsgi'), place);
  }
});
