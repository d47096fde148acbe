// What nginx's files describe can be said in a portico.toml, which is read as the same server: both languages are one model.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { defaultModel } from '../../src/cli/files/default-model.ts';
import { nothingSaid } from '../../src/cli/files/show-config.ts';
import { surroundingsOf, usualServer } from '../../src/cli/nginx/read-configuration.ts';
import { isFaulty, renderDiagnostic } from '../../src/config/diagnostic.ts';
import { checkNginx } from '../../src/config/dialects/nginx/check-nginx.ts';
import { fakeFiles } from '../../src/config/dialects/nginx/fake-files.ts';
import { modelOfNginx } from '../../src/config/dialects/nginx/nginx-model.ts';
import { Diagnostics } from '../../src/config/dialects/nginx/report.ts';
import type { ErrorPage } from '../../src/config/model/answers.ts';
import type { ServerModel } from '../../src/config/model/server-model.ts';
import { readTomlModel } from '../../src/config/toml/read-model.ts';
import { writeTomlModel } from '../../src/config/toml/write-model.ts';
import { failure, success } from '../../src/kernel/outcome.ts';

const FILE = '/etc/nginx/nginx.conf';
const PLACES = { prefix: '/usr/share/nginx/', file: FILE, filePrefix: '/etc/nginx/' };
const DEFAULTS = defaultModel({ env: {}, coreCount: 2, memoryBytes: 2 ** 30 }, '/');

/** A value of each feature, none of them the one that holds without a word. */
const WIDE = `events {}
http {
  types { text/css css; image/x-own own; }
  map $host $kind { hostnames; default 0; *.example.org 1; ~^www\\.(?<rest>.+)$ $rest; }
  geo $near { default 0; 10.0.0.0/8 1; proxy 192.0.2.1; proxy_recursive; }
  split_clients $remote_addr $half { 50% a; * b; }
  limit_req_zone $binary_remote_addr zone=one:1m rate=30r/m;
  limit_conn_zone $server_name zone=two:1m;
  log_format own escape=json '$host $status "$request"';
  charset_map koi8-r utf-8 { C0 D18E; }
  keepalive_timeout 20s 15s;
  server {
    listen 8080 default_server backlog=7;
    listen [::1]:8081;
    server_name example.org *.example.org www.example.* ~^(?<name>\\w+)\\.test$;
    root /srv/public;
    client_max_body_size 5m;
    merge_slashes off;
    server_tokens off;
    set $flag 1;
    if ($flag = 1) { set $other $near; }
    if (!-f $request_filename) { rewrite ^/old/(.*)$ /new/$1?a=b? last; }
    error_page 404 =200 /empty.gif;
    error_page 500 502 /50x.html;
    error_page 502 503 @down;
    access_log /var/log/own.log own buffer=8k flush=1s if=$flag;
    error_log /var/log/own-errors.log warn;
    location / { try_files $uri $uri/ =404; autoindex on; autoindex_exact_size off; index a.html b.html; }
    location = /exact { return 301 https://$host/there; }
    location ^~ /media/ { alias /srv/media/; expires 30d; add_header Cache-Control public always; etag off; max_ranges 3; }
    location ~* \\.(png|own)$ { gzip_static on; disable_symlinks if_not_owner from=$document_root; }
    location @down { internal; return 503 "down for $kind\\n"; }
    location /admin/ {
      satisfy any; allow 10.0.0.0/8; deny all;
      auth_basic "who $half"; auth_basic_user_file users;
      limit_except GET { deny all; }
      limit_req zone=one burst=5 nodelay; limit_req_status 429; limit_req_dry_run on;
      limit_conn two 3; limit_conn_log_level info; limit_rate 10k; limit_rate_after 1m;
    }
    location /auth/ { auth_request /ask; auth_request_set $who $upstream_http_x_user; set_real_ip_from 10.0.0.1; real_ip_header X-Real-IP; real_ip_recursive on; }
    location /gzip/ { gzip on; gzip_types text/plain text/css; gzip_comp_level 4; gzip_min_length 100; gzip_vary on; gzip_proxied any; gunzip on; }
    location /edit/ {
      sub_filter 'a' 'b$host'; sub_filter_once off; sub_filter_types text/plain;
      add_before_body /before; add_after_body /after;
      ssi on; ssi_silent_errors on; charset koi8-r; source_charset utf-8;
    }
    location /links/ { secure_link $arg_md5,$arg_expires; secure_link_md5 "$secure_link_expires$uri x"; valid_referers none blocked *.example.org ~own; }
    location /gif { empty_gif; location /gif/deep/ { stub_status; } }
    location /copies/ { mirror /mirror; mirror_request_body off; post_action /done; userid on; userid_name me; userid_expires 1d; }
    location /kept/ { keepalive_timeout 5s; lingering_close always; reset_timedout_connection on; }
  }
  upstream app {
    least_conn; zone app 64k; keepalive 8; keepalive_requests 100; keepalive_timeout 5s; resolver 127.0.0.53 valid=10s ipv6=off;
    server 10.0.0.1:8000 weight=2 max_conns=10 max_fails=3 fail_timeout=5s slow_start=30s route=a;
    server app.internal resolve; server unix:/run/app.sock backup; server [::1]:9 down; server _http._tcp.x service=http resolve; server 10.0.0.9 drain;
    sticky cookie srv expires=1h domain=$host path=/ httponly secure samesite=lax; queue 100 timeout=70s;
  }
  match fine { status ! 500-599; header A = b; header ! C; body ~ well; }
  upstream one { hash $request_uri consistent; server 10.0.0.1; }
  upstream two { ip_hash; server 10.0.0.1; sticky learn create=$upstream_cookie_id lookup=$cookie_id zone=l:1m timeout=1h header; }
  upstream three { random two least_time=header; server 10.0.0.1; sticky route $cookie_a $arg_b; }
  upstream four { least_time last_byte inflight; server a:81; }
  upstream five { random; server a:82; }
  server {
    listen 8082;
    proxy_set_header Host $host; proxy_set_header X-A ""; proxy_read_timeout 5m; proxy_http_version 1.1;
    location / { proxy_pass http://app; health_check interval=10s jitter=1s fails=2 passes=3 uri=/up port=81 match=fine mandatory; }
    location /same/ { proxy_pass http://10.0.0.3:81/x; location /same/in/ { proxy_pass http://10.0.0.3:81/x; } location /same/more { proxy_pass http://10.0.0.3:81/x; proxy_read_timeout 3s; } }
    location /odd { proxy_pass http:/$uri; }
    location /path/ { proxy_pass https://APP/there/; proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem; proxy_ssl_name a$host; proxy_ssl_server_name on;
      proxy_ssl_certificate $ssl_server_name.pem; proxy_ssl_certificate_key k.pem; proxy_ssl_protocols TLSv1.3; proxy_ssl_session_reuse off; proxy_ssl_verify_depth 2; proxy_ssl_ciphers A:B; proxy_ssl_crl c.pem; proxy_ssl_password_file p; }
    location ~ \\.x$ { proxy_pass http://10.0.0.2:8000; proxy_redirect ~*^http://a(.*)$ /b$1; proxy_redirect http://c/ /; proxy_redirect default;
      proxy_cookie_domain .a.example b.example; proxy_cookie_domain ~\\.(.+)$ $1; proxy_cookie_path /a /b; proxy_cookie_flags ~s secure samesite=strict; proxy_cookie_flags one nosecure; }
    location /var { resolver 10.0.0.3 10.0.0.4:54; resolver_timeout 3s; proxy_pass http://$host$request_uri; proxy_set_body "b $uri"; proxy_method PUT; proxy_pass_request_body off; proxy_pass_request_headers off; }
    location /buf { proxy_pass http://unix:/run/a.sock:/x/; proxy_buffering off; proxy_request_buffering off; proxy_buffers 16 16k; proxy_buffer_size 32k; proxy_busy_buffers_size 64k; proxy_max_temp_file_size 0; proxy_limit_rate 10k;
      proxy_hide_header X-B; proxy_pass_header Server; proxy_pass_header X-Accel-Charset; proxy_ignore_headers Expires X-Accel-Redirect; proxy_intercept_errors on; proxy_force_ranges on;
      proxy_next_upstream error http_502 non_idempotent; proxy_next_upstream_tries 2; proxy_next_upstream_timeout 9s; proxy_bind 127.0.0.2; proxy_socket_keepalive on; proxy_ignore_client_abort on;
      location /buf/in { proxy_pass http://app; } location /buf/out { if ($arg_x) { proxy_pass http://one; } } }
    location /u { uwsgi_pass unix:/run/u.sock; uwsgi_param A b; uwsgi_param C $https if_not_empty; uwsgi_modifier1 9; uwsgi_modifier2 2; uwsgi_string "x$uri"; location /u/s { uwsgi_pass suwsgi://two; } location /u/v { uwsgi_pass $host:1; } }
    location /f { fastcgi_pass 10.0.0.5:9000; fastcgi_index i.php; fastcgi_split_path_info ^(.+\\.php)(/.*)$; fastcgi_keep_conn on; fastcgi_catch_stderr "PHP Fatal"; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_hide_header X-C; }
    location /s { scgi_pass three; scgi_param A b; }
    location /m { memcached_pass four; memcached_gzip_flag 2; memcached_next_upstream not_found; set $memcached_key $uri; }
    location /off { proxy_pass http://five; proxy_redirect off; proxy_next_upstream off; proxy_set_header X-B c; proxy_connect_timeout 3s; proxy_send_timeout 4s; }
  }
  server { listen 8080; server_name other.example; access_log off; keepalive_timeout 0;  location /x { random_index on; if ($request_method = POST) { return 405; } } }
}
stream {
  log_format own escape=json '$remote_addr $status $upstream_addr';
  limit_conn_zone $binary_remote_addr zone=three:1m;
  map $ssl_preread_server_name $where { hostnames; default 10.0.0.9:443; *.example.org app; ~^(?<rest>.+)\\.test$ $rest:443; }
  geo $near { default 0; 10.0.0.0/8 1; }
  split_clients $remote_addr $half { 50% a; * b; }
  upstream app { least_conn; zone app_of_streams 64k; resolver 127.0.0.53; server 10.0.0.1:5432 weight=2 max_conns=9; server app.internal:5432 resolve; server unix:/run/app.sock backup; }
  server { listen 5432 backlog=7; listen [::1]:5432 proxy_protocol; set_real_ip_from 10.0.0.0/8; allow 10.0.0.0/8; deny all; limit_conn three 3; limit_conn_dry_run on; set $flag $near;
    access_log /var/log/own.log own if=$flag; error_log /var/log/own-errors.log info; tcp_nodelay off; proxy_protocol_timeout 3s;
    proxy_pass APP; proxy_connect_timeout 2s; proxy_timeout 1h; proxy_next_upstream_tries 2; proxy_half_close on; proxy_socket_keepalive on; proxy_buffer_size 8k; proxy_bind 127.0.0.2; proxy_upload_rate 10k; proxy_download_rate $near; proxy_protocol v2;
    proxy_ssl on; proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem; proxy_ssl_name $half; proxy_ssl_server_name on; proxy_ssl_session_reuse off; }
  server { listen 443; ssl_preread on; preread_buffer_size 4k; preread_timeout 2s; resolver 10.0.0.3; proxy_pass $where; proxy_next_upstream off; }
  server { listen 8443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key; ssl_alpn one two; proxy_pass 10.0.0.1:25; }
  server { listen 7; return "hello $remote_addr"; }
}
`;

const GOLDENS = globSync('tests/goldens/nginx-check/*.golden').sort();

test('a file of nginx with every kind of rule is the same server as a portico.toml', async () => {
  assert.deepEqual(await readBack(WIDE), []);
});

test("what is checked of nginx's files is the same server as a portico.toml, or what is missing is said", async () => {
  let count = 0;
  for (const path of GOLDENS) {
    const [text = ''] = readFileSync(path, 'utf8').split('----------\n');
    const notes = await readBack(text);
    count += notes?.length === 0 ? 1 : 0;
  }
  assert.ok(count >= 40, `${count} of ${GOLDENS.length} can be said as a whole`);
});

test('a health check that asks as another location than the first of its upstream is told of', async () => {
  const notesOf = (said: string): Promise<readonly string[] | undefined> =>
    readBack(`events {} http { upstream app { server a; } server { location /first { proxy_pass http://app; }
      location /checked { proxy_pass http://app; health_check; ${said} } } }`);
  assert.deepEqual(await notesOf(''), []);
  const [note = ''] = (await notesOf('proxy_set_header X-Key secret;')) ?? [];
  assert.match(note, /^the health check of upstream "app" asks as the first location does/);
});

/** Fails unless the server that is read from what was written is the same. Gives what could not be said; undefined for a file that describes no server by itself. */
async function readBack(text: string): Promise<readonly string[] | undefined> {
  const { reading } = checkNginx(FILE, fakeFiles({ [FILE]: text }), { wantsTraps: false });
  const found = new Diagnostics();
  if (isFaulty(reading.diagnostics)) {
    return undefined;
  }
  const model = modelOfNginx(
    reading.draft,
    surroundingsOf({ errorLog: undefined }, PLACES),
    usualServer(),
    found.report,
  );
  const written = writeTomlModel(model, nothingSaid(DEFAULTS));
  const world = { readText: () => success(written.text), readSecret: () => failure('none'), glob: () => [], env: {} };
  const again = await readTomlModel('/portico.toml', { ...world, defaults: DEFAULTS });
  if (again.model === undefined) {
    // A piece of a configuration may name what another piece defines.
    assert.notEqual(reading.kind, 'main', again.diagnostics.map(renderDiagnostic).join(''));
    return undefined;
  }
  if (written.notes.length === 0) {
    assert.deepEqual(meaning(again.model), meaning(model), written.text);
  }
  return written.notes;
}

/** The first page of a status is the one that is sent. */
function pagesByStatus(pages: readonly ErrorPage[]): unknown {
  const each = pages.flatMap(({ statuses, ...page }) => statuses.map((status) => [`status ${status}`, page] as const));
  return Object.fromEntries(each.toReversed().toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)));
}

/** What a model says, whatever numbers things have that stand in it once, and whatever the order of pages for different statuses. */
function meaning(model: ServerModel): unknown {
  const { title: _, manner: __, ...process } = model.process;
  const sites = model.sites.map(({ connection, tls, scope, ...site }) => ({
    ...site,
    scope: { ...model.scopes[scope], connection: model.connections[connection] },
    certificates: tls?.certificates.map((index) => model.certificates[index]),
  }));
  const numbered = { scopes: 0, types: 0, logs: 0, connections: 0, certificates: 0, proxyPolicies: 0, resolvers: 0 };
  const upstreams = model.upstreams.filter(({ isImplicit }) => !isImplicit);
  const whole = { ...model, ...numbered, process, sites, upstreams };
  const resolved = JSON.stringify(whole, (key, value: unknown) => {
    if (key === 'scope' && typeof value === 'number') return model.scopes[value];
    if (key === 'types' && typeof value === 'number') return model.types[value];
    if (key === 'policy' && typeof value === 'number') return model.proxyPolicies[value];
    if (key === 'upstream' && typeof value === 'number') return model.upstreams[value];
    if (key === 'resolver' && typeof value === 'number') return model.resolvers[value];
    if (key === 'pages') return pagesByStatus(value as readonly ErrorPage[]);
    if (key === 'target' && typeof value === 'number') return model.logs[value];
    return value;
  });
  // A group that the regex before it does not have is a variable by that name, which is empty too.
  return JSON.parse(resolved.replaceAll(/\{"variable":"(\d)"\}/g, '{"capture":$1}'));
}
