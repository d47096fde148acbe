import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { fakeNginxModel } from '../../../config/dialects/nginx/fake-nginx-model.ts';
import { edgeModel } from '../../../config/model/edge-model.ts';
import type { ProbeRequest } from '../../../upstream/peers/health/probe.ts';
import { compileProbe } from './compile-probe.ts';

/** Of the location, in a server with the root /srv. */
function probeOf(location: string): ProbeRequest | undefined {
  const text = `upstream app { server a; } server { root /srv; location / { proxy_pass http://app; } ${location} }`;
  const model = edgeModel(fakeNginxModel(text));
  const [upstream] = model.upstreams;
  return upstream?.healthCheck && compileProbe(upstream, upstream.healthCheck, model, undefined);
}

/** What is sent, in latin-1. */
function headOf(location: string): string {
  const probe = probeOf(location);
  return String(probe?.wire.renderHead(probe.request).toString('latin1'));
}

test('HTTP: the path, the name and the fields of the location that are no client’s', () => {
  equal(
    headOf(
      `location /x { proxy_pass http://app; health_check uri=/ok?a=b; proxy_set_header X-Key secret;
        proxy_set_header X-For $proxy_add_x_forwarded_for; proxy_set_header Upgrade $http_upgrade; }`,
    ),
    'GET /ok?a=b HTTP/1.0\r\nHost: app\r\nX-Key: secret\r\nConnection: close\r\n\r\n',
  );
  match(
    headOf('location /x { proxy_pass http://app; health_check; proxy_set_header Host site.test; }'),
    /\r\nHost: site\.test\r\n/,
  );
});

test('parameters: those of the location as for a request of the path, and those that none can be without', () => {
  const scgi = headOf(
    `location /x { scgi_pass app; health_check uri=/ok?a=b; scgi_param SCGI 1; scgi_param SCRIPT_NAME $uri;
      scgi_param FILE $document_root$fastcgi_script_name; scgi_param EMPTY $http_cookie if_not_empty; }`,
  );
  const [, pairs = ''] = scgi.split(/:(.*)/s);
  const names = pairs.slice(0, -1).split('\0');
  const said = Object.fromEntries(names.flatMap((name, at) => (at % 2 === 0 ? [[name, names[at + 1]]] : [])));
  deepEqual(said, {
    ...{ '': undefined, CONTENT_LENGTH: '0', SCGI: '1', SCRIPT_NAME: '/ok', FILE: '/srv/ok', REQUEST_METHOD: 'GET' },
    ...{ REQUEST_URI: '/ok?a=b', QUERY_STRING: 'a=b', SERVER_PROTOCOL: 'HTTP/1.0', SERVER_NAME: 'app' },
    ...{ SERVER_PORT: '80', HTTP_HOST: 'app' },
  });
  equal(headOf('location /x { uwsgi_pass app; health_check uri=/ok; }').includes('PATH_INFO\x03\0/ok'), true);
  const fastcgi = headOf('location /x { fastcgi_pass app; fastcgi_keep_conn on; health_check; }');
  equal(fastcgi.charCodeAt(10), 0, 'the application is to close the connection');
});

test('memcached: a key that is not there is as good as one that is, unless somebody says what is wanted', () => {
  equal(headOf('location /x { memcached_pass app; health_check uri=/k; }'), 'get /k\r\n');
  deepEqual(probeOf('location /x { memcached_pass app; health_check; }')?.match.statuses, [[200, 404]]);
  deepEqual(probeOf('location /x { proxy_pass http://app; health_check; }')?.match.statuses, [[200, 399]]);
});
