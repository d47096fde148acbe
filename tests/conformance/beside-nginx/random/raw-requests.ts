/** Requests that are hard to read: lines, names, framings and ends of lines that are nearly right. */

import type { Chooser } from './chooser.ts';
import { phrasesOf } from './chooser.ts';

const LINES = phrasesOf(`
  GET «/¦/a.txt¦/dir/../b.txt¦*¦?a¦/%¦a.txt¦//¦/#x¦/a%00b¦/a|b¦/\\x80¦/\\x01¦/a\\tb¦/a b¦/\\(x*300)» HTTP/1.1
  «GET¦get¦G¦GE\\x01T¦GET\\t¦ GET¦G_T¦GET1¦\\r\\nGET¦\\nGET¦POST¦HEAD¦OPTIONS¦TRACE¦CONNECT» /a.txt HTTP/1.1
  GET «http://a.test/¦http://b.test/a.txt¦HTTP://A.TEST:81/x¦http://¦http:///x¦https://a.test/¦ftp://a.test/¦http://a.test¦http://a.test?x¦http://u@a.test/¦//a.test/x¦http://[::1]/¦http://a_b.test/» HTTP/1.1
  GET /a.txt«¦ HTTP/1.0¦ HTTP/1.1¦ HTTP/1.2¦ HTTP/2.0¦ HTTP/0.9¦ HTTP/01.1¦ HTTP/1.1x¦ http/1.1¦ HTTP/1.¦ HTTP/11¦ HTP/1.1¦  HTTP/1.1¦ HTTP/1.1 ¦\\tHTTP/1.1»
`);
const HOSTS = phrasesOf(`
  Host: «a.test¦A.test¦a.test:80¦a.test:¦a.test.¦a..test¦.a.test¦a.test/¦a.test?x¦a test¦¦[::1]¦[::1]:80¦[¦a_b¦-a¦a.test:x¦a.test:99999¦\\xe4.test¦127.0.0.9¦a@b»
  Host:«¦a.test¦\\ta.test¦  a.test  »
  host: a.test
  HOST : a.test
  X: y
`);
const FIELDS = phrasesOf(`
  X-A: «a¦¦a\\tb¦\\x80¦\\x01¦a\\x00b¦\\(y*5000)»
  X-A:«a¦¦\\t\\ta»
  «X A¦X-A ¦ X-A¦X_A¦X@A¦¦\\xe4»: b
  «no colon¦X-A;b¦:b»
  X-A: b\\r\\n folded
  X-A: b\\n X-B: c
  Content-Length: «0¦3¦03¦+3¦-1¦3 ¦3,3¦x¦¦0x3¦99999999999999999999999»
  Transfer-Encoding: «chunked¦Chunked¦identity¦gzip, chunked¦chunked, chunked¦chunked ¦x¦»
  Connection: «close¦keep-alive¦Keep-Alive¦CLOSE¦upgrade¦close, keep-alive»
  Expect: «100-continue¦x»
  Upgrade: «websocket¦h2c»
  X-A: a«\\n¦\\r¦»
`);
const BODIES = phrasesOf(`
  abc
  3\\r\\nabc\\r\\n0\\r\\n\\r\\n
  3\\nabc\\n0\\n\\n
  3;x=y\\r\\nabc\\r\\n0\\r\\nX: y\\r\\n\\r\\n
  0\\r\\n\\r\\n
  GET /b.txt HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
`);

/** One, which may be followed by bytes that are its body, another request or neither. */
export function rawRequest(choose: Chooser): string {
  const end = choose.chance(0.1) ? '\\n' : '\\r\\n';
  const fields = choose.chance(0.7) ? choose.many(1, 2, () => choose.phrase(FIELDS)) : [];
  const host = choose.chance(0.8) ? ['Host: a.test'] : choose.many(0, 1, () => choose.phrase(HOSTS));
  const lines = [choose.phrase(LINES), ...host, ...fields];
  const body = choose.chance(0.3) ? choose.phrase(BODIES) : '';
  return `RAW ${lines.join(end)}${end}${end}${body}`;
}
