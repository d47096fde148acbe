/** Requests out of an alphabet that is hard on paths, names and conditions. */

import type { Chooser } from './chooser.ts';
import { phrasesOf } from './chooser.ts';

const PATHS =
  '/ /a.txt /dir /dir/ /dir/x.txt /none /index.html /b.txt /void/ /void /x /x/y /p.php /img/a.PNG /page.html /link.txt /linkdir/ /no-index/ /ssi.html /50x.html /dir.txt /empty.txt /noext'.split(
    ' ',
  );
const PIECES =
  '/ / // /./ /../ /.. /. %2e%2e %2f %2F %20 %00 % %zz + a.txt dir dir/ x y x.txt index.html .php .PNG ? ?a=b &a=c # %3f %23 ; %C3%BC %ff %0a %25 * " < $uri none target/ ~ %41 ..; \\\\ : @ with%20space.txt'.split(
    ' ',
  );
const QUERIES = '?a=b ?a=1&b=2 ? ?A=x&r=/dir ?e=html&i=x.txt ?a=%2e%2e/ ?a ?&a=b ?b=a=c ?c=utf-8 ??a=b'.split(' ');
const METHODS =
  'GET GET GET GET GET GET GET HEAD HEAD POST POST PUT OPTIONS DELETE FOO PATCH PROPFIND MKCOL TRACE'.split(' ');

const FIELDS = phrasesOf(`
  X-A: «b¦B c¦¦1.2.3.4»
  Accept-Encoding: «gzip¦gzip;q=0¦*¦deflate, gzip;q=0.5¦identity¦br»
  If-None-Match: «*¦"65937d25-1a"¦W/"65937d25-1a"¦"x", "65937d25-1a"¦x»
  If-Match: «*¦"x"¦"65937d25-1a"»
  If-Modified-Since: «Tue, 02 Jan 2024 03:04:05 GMT¦Wed, 03 Jan 2024 00:00:00 GMT¦rubbish»
  If-Unmodified-Since: «Tue, 02 Jan 2024 03:04:05 GMT¦Mon, 01 Jan 2024 00:00:00 GMT»
  If-Range: «"65937d25-1a"¦"x"¦Tue, 02 Jan 2024 03:04:05 GMT»
  Range: bytes=«0-3¦2-,0-1¦90-¦-3¦5-2¦x¦0-0,2-2,4-4¦0-99999999999999999999»
  Range: «bytes=1-2¦lines=1-2»
  Connection: «close¦keep-alive¦TE¦close, x»
  Cookie: «a=1; b=2¦b=2;a=3¦a=¦ab=1»
  Referer: «http://b.other/¦http://a.test/x¦rubbish¦»
  Authorization: «Basic cGxhaW46cGFzcw==¦Basic cGxhaW46eA==¦Bearer x»
  Host: «b.test¦A.TEST:81¦c.test¦x.y¦a.test.¦127.0.0.9¦[::1]»
  User-Agent: «MSIE¦Mozilla/4.0 (compatible; MSIE 6.0; Windows)¦Chrome/99¦curl/7»
  X-Forwarded-For: «1.2.3.4¦1.2.3.4, 127.0.0.1¦x»
  Via: 1.1 x
  TE: trailers
`);

/** What the server behind is to answer with: see backend.ts. */
const ANSWERS = phrasesOf(`
  HTTP/1.1 200 OK^X-A: 1^Content-Type: «text/plain¦text/html; charset=utf-8¦image/png»^Content-Length: 4^^abcd
  HTTP/1.1 200 OK^Transfer-Encoding: chunked^Last-Modified: Tue, 02 Jan 2024 03:04:05 GMT^^3^abc^1^a^0^^
  HTTP/1.0 200 OK^ETag: "65937d25-1a"^^to the end
  HTTP/1.1 «404 Not Found¦500 Oops¦503 Busy¦401 Unauthorized^WWW-Authenticate: Basic realm="x"¦410 Gone¦405 No^Allow: GET¦416 No¦302 Found^Location: /x»^X-A: 1^Content-Length: 2^^no
  HTTP/1.1 «301 Moved¦302 Found¦201 Created»^Location: «http://BACKEND/x/y?z¦/relative/x¦http://other.test/a b¦http://BACKEND¦x/y»^Content-Length: 0^^
  HTTP/1.1 200 OK^Refresh: «5; url=http://BACKEND/x¦0;url=/relative/y¦7»^Content-Length: 0^^
  HTTP/1.1 200 OK^Set-Cookie: «a=1; Path=/; Domain=.other.test; HttpOnly¦b=2; path=/app/x; domain=other.test; Secure; SameSite=None¦a=1; Expires=Wed, 01 Jan 2025 00:00:00 GMT¦b¦a="x; y"; path="/app"»^Content-Length: 2^^ok
  HTTP/1.1 200 OK^X-Accel-Redirect: «/b.txt¦/x?a=b¦@named¦/none¦/dir/¦/%61.txt¦/../x¦/a b.txt»^«X-A: 1¦Content-Type: text/x-own¦Set-Cookie: a=1¦Cache-Control: no-store¦ETag: "own"»^Content-Length: 2^^ok
  HTTP/1.1 «200 OK¦404 No»^X-Accel-«Charset: koi8-r¦Buffering: no¦Expires: 5¦Limit-Rate: 1000000»^Content-Type: text/plain^Content-Length: 2^^ok
  HTTP/1.1 «204 No Content¦304 Not Modified^ETag: "x"»^X-A: 1^^
  HTTP/1.1 206 Partial Content^Content-Range: bytes 0-1/9^Content-Length: 2^^ok
  HTTP/1.1 200 OK^Server: own^Date: Mon, 30 Nov 2020 00:00:00 GMT^Expires: 0^Cache-Control: no-cache^Vary: Accept^Content-Length: 2^^ok
  HTTP/1.1 200 OK^Content-Encoding: «gzip¦br»^Content-Length: 2^^ok
  HTTP/1.1 200 OK^Content-Length: 2^^more
`);

/** For a server behind, which every other one tells what to answer. */
export function proxiedRequest(choose: Chooser): string {
  const request = randomRequest(choose);
  if (choose.chance(0.4)) return request;
  const [head = '', ...body] = request.split(' || ');
  return [`${head} | X-Answer: ${choose.phrase(ANSWERS)}`, ...body].join(' || ');
}

export function randomRequest(choose: Chooser): string {
  const method = choose.of(METHODS);
  const path = choose.chance(0.5) ? choose.of(PATHS) : `/${choose.many(1, 5, () => choose.of(PIECES)).join('')}`;
  const query = choose.chance(0.25) ? choose.of(QUERIES) : '';
  const version = choose.chance(0.1) ? ' HTTP/1.0' : '';
  const fields = choose.chance(0.5) ? choose.many(1, 3, () => choose.phrase(FIELDS)) : [];
  const body = /^(POST|PUT|PATCH)$/.test(method) && choose.chance(0.5) ? ' || body' : '';
  return `${[`${method} ${path}${query}${version}`, ...fields].join(' | ')}${body}`;
}
