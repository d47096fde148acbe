/** Directives that decide what is answered, by kind. `«a¦b»` is a choice; a kind that stands twice is chosen more often. */

import type { Line } from '../line.ts';
import type { Chooser } from './chooser.ts';
import { phrasesOf } from './chooser.ts';

export type Where = 'server' | 'location' | 'named' | 'if';

const TEXT =
  '«text¦a b¦$uri¦[$args]¦$v-$w¦$1|$2¦$first¦$uri|$request_uri|$args¦$m¦$arg_a$http_x_a¦$request_filename¦$document_root»';
const REGEX =
  '«^¦^/(.*)$¦^/x¦^/x/(.*)$¦\\.txt$¦(.)(.)¦^/(?<first>.+)/$¦nothing¦^/(dir|x)(.*)$¦^(.*)\\.html$¦(?i)^/X(.*)¦^/([^/]*)/?(.*)$»';

const SSI =
  '«<!--#echo var="«uri¦arg_a¦v¦none»" «¦encoding="none"¦encoding="url"¦default="d"»-->¦<!--#include virtual="«/b.txt¦/x¦/none¦/ssi.html¦b.txt¦/x?a=b¦$uri»" -->¦<!--#set var="v" value="«x¦$arg_a¦a$uri»" -->¦<!--#if expr="«$arg_a¦$arg_a = b¦$v != x¦$uri = /x.*/¦»" -->yes<!--#else -->no<!--#endif -->¦<!--#config errmsg="e" -->¦<!--# nothing -->¦<!--#echo -->¦<!-- x -->¦<!--#block name="n" -->b<!--#endblock --><!--#include virtual="/none" stub="n" -->»';

const REWRITING = phrasesOf(`
  set $«v¦w» "${TEXT}"
  set $«v¦w» "${TEXT}"
  set $args «""¦z=1¦$args&y=$uri¦b=$1»
  rewrite ${REGEX} «/x¦/target/$1¦/dir/$2¦/a.txt?b=1¦/$1?¦http://o.test/$1¦$scheme://$host/$1¦/none¦$uri.txt¦/dir/¦/x?u=$uri¦/$1/$2?¦$v»«¦ last¦ break¦ redirect¦ permanent»
  rewrite ${REGEX} «/x¦/target/$1¦/dir/$2¦/a.txt?b=1¦/$1?¦/none¦$uri.txt¦/dir/¦/b.txt¦$1.txt»«¦ last¦ break»
  return «200¦201¦400¦403¦404¦405¦410¦418¦429¦500¦503» "${TEXT}"
  return «200¦204¦304¦400¦401¦402¦403¦404¦405¦406¦408¦409¦410¦411¦413¦414¦415¦416¦421¦429¦500¦501¦502¦503¦504¦505¦507¦444»
  return «301¦302¦303¦307¦308» «/x¦$uri/¦http://o.test$request_uri¦$scheme://$host/y¦x/$1¦"/a b?$args"¦//o.test/»
  break
  return 200 '${SSI}«¦ - ${SSI}»'
`);

const CONDITIONS = phrasesOf(`
  ($«arg_a¦http_x_a¦v¦w¦m¦cookie_a¦args¦first¦1¦is_args¦invalid_referer»)
  ($arg_a «=¦!=» «b¦1¦""»)
  ($uri «~¦~*¦!~» ^/(x|DIR|a)/?(.*)$)
  ($http_x_a !~* b)
  ($request_method «=¦!=» «POST¦GET¦HEAD»)
  («-f¦!-f¦-d¦!-d¦-e¦!-e¦-x» $«request_filename¦document_root$uri»)
  ($host «=¦!=» a.test)
  ($m ~ (.))
  ($args ~ (?<first>a.?))
`);

const FILES = phrasesOf(`
  root «html¦other¦html/dir¦hosts/$host¦html$arg_r»
  index «index.html¦x.txt index.html¦none¦/b.txt¦home.htm $arg_i¦index.$arg_e index.html¦a.txt b.txt»
  autoindex «on¦off»
  autoindex_format «json¦xml¦html»
  autoindex_exact_size «on¦off»
  try_files «$uri¦/a.txt¦$uri/¦/none¦$uri.txt¦/dir/¦$uri /index.html» «=404¦/x¦@named¦$uri/¦=403¦/b.txt?t=$uri¦@missing¦/index.html?$args¦/b.txt»
  default_type «text/plain¦text/html¦application/x-y¦""»
  types { «text/plain html¦image/x txt;text/x css» ; }
  etag «on¦off»
  if_modified_since «exact¦before¦off»
  max_ranges «0¦1¦2»
  absolute_redirect «on¦off»
  port_in_redirect «on¦off»
  server_name_in_redirect «on¦off»
  log_not_found off
  disable_symlinks «on¦off¦if_not_owner¦on from=html»
`);

const ONLY_LOCATION = phrasesOf(`
  internal
  alias «html/¦html/dir/¦html/a.txt¦html/$1¦other/$arg_a¦html¦html/$1/»
  empty_gif
  limit_except «GET¦POST¦GET POST¦HEAD» { «deny all¦allow 127.0.0.1;deny all» ; }
`);

const ONLY_SERVER = phrasesOf(`
  merge_slashes off
  ignore_invalid_headers off
  underscores_in_headers on
  client_header_buffer_size 256
`);

const ERRORS = phrasesOf(`
  error_page «400¦401¦403¦404¦405¦404 405¦403 404¦410 418¦413¦429¦500 502 503 504¦301 302¦416¦412» «/404.html¦/x¦@named¦=200 /b.txt¦= /x¦=302 /y¦http://o.test/¦=404 @named¦/none¦=200 @other¦/$arg_a¦=204 /b.txt¦= @named¦=503 /404.html¦=301 http://o.test/¦/dir/»
  error_page «400¦401¦403¦404¦405¦404 405¦403 404¦410 418¦413¦429¦500 502 503 504» «/404.html¦/x¦@named¦=200 /b.txt¦= /x¦=404 @named¦/none¦=200 @other¦/x?c=$status»
  recursive_error_pages «on¦off»
  msie_padding off
`);

const FIELDS = phrasesOf(`
  add_header X-«A¦B» «one¦"$uri"¦"$status"¦""¦"$sent_http_content_type"¦$m¦"$v"¦$first»«¦ always»
  add_header X-«A¦B» «one¦"$uri"¦"$status"¦""¦"$sent_http_content_type"¦$m¦"$v"¦$first»«¦ always»
  add_header «Cache-Control no-store¦Vary X-Y¦Link "</a>"¦Set-Cookie a=$v¦Last-Modified ""¦ETag '"own"'»«¦ always»
  expires «1h¦-1¦max¦epoch¦off¦modified 1h¦30d¦@5h¦0¦$m»
  charset «utf-8¦off¦koi8-r¦windows-1251»
  charset_types «text/plain¦*»
  server_tokens «on¦off»
  add_trailer X-T «t¦"$sent_http_x_a$status"¦"$sent_trailer_x_t"»
  log_subrequest on
  mirror «/x¦off¦/none»
  limit_rate 100k
  userid_service 1
  keepalive_timeout «0¦60 30¦5»
  keepalive_requests «1¦2»
  keepalive_disable safari
  chunked_transfer_encoding off
  access_log off
`);

const ACCESS = phrasesOf(`
  «deny all¦allow all¦allow 127.0.0.1¦deny 127.0.0.0/8¦deny 127.0.0.1¦allow ::1¦deny 10.0.0.0/8»
  satisfy «any¦all»
  auth_basic «closed¦off¦$m»
  auth_basic_user_file «users¦none»
  auth_request «/x¦off¦/200¦/403»
  auth_request_set $v «$status¦$sent_http_x_a¦$uri»
  client_max_body_size «3¦0¦1k»
  valid_referers none «a.test¦blocked *.other¦server_names¦~b»
  set_real_ip_from 127.0.0.1
  real_ip_header «X-A¦X-Real-IP¦X-Forwarded-For»
`);

const BODIES = phrasesOf(`
  sub_filter «a¦text¦</¦$uri¦index of» «A¦"<$args>"¦""»
  sub_filter_once «on¦off»
  sub_filter_types «text/plain¦*»
  sub_filter_last_modified on
  gzip «on¦off»
  gzip_min_length «5¦0»
  gzip_types «text/plain¦*»
  gzip_vary on
  gzip_http_version 1.0
  gzip_proxied any
  gzip_disable "MSIE [1-6]\\."
  gzip_static «on¦always»
  gunzip on
  ssi on
  ssi_types «text/plain¦*»
  ssi_last_modified on
  ssi_silent_errors on
  add_before_body «/b.txt¦/x¦/none»
  add_after_body «/x¦/b.txt¦/a.txt»
  addition_types «text/plain¦*»
`);

/** The server behind answers with what it was sent. */
const PROXYING = phrasesOf(`
  proxy_pass http://%E%«¦/¦/v1/¦/a/b¦/?u=¦$request_uri¦/x$is_args$args¦/$arg_a»
  proxy_pass http://%E%
  proxy_set_header «Host $host¦Host $http_host¦Host ""¦X-Real-IP $remote_addr¦X-Forwarded-For $proxy_add_x_forwarded_for¦X-U "$request_uri"¦X-A ""¦X-None $arg_none¦Accept-Encoding ""»
  proxy_http_version 1.1
  proxy_method «POST¦PUT¦$request_method»
  proxy_set_body "<$request_uri>"
  proxy_pass_request_headers off
  proxy_pass_request_body off
  proxy_hide_header «Content-Type¦X-A»
  proxy_intercept_errors on
  proxy_force_ranges on
  proxy_request_buffering off
  proxy_buffering off
  proxy_redirect «off¦default¦/ /z/¦http://other.test/ /o/¦http://other.test/ $scheme://$host/$arg_a¦~^http://([^/]+)(/.*)$ /r$2¦~*^/RELATIVE(.*) $uri$1»
  proxy_cookie_domain «off¦other.test a.test¦~\\.?other\\.test$ $host»
  proxy_cookie_path «off¦/ /z/¦/app $uri¦~^/(app)/? /$1/»
  proxy_cookie_flags «~ secure samesite=lax¦a httponly¦b nosecure nohttponly nosamesite¦off»
  proxy_pass_header «X-Accel-Redirect¦Server¦Date»
  proxy_ignore_headers «X-Accel-Redirect¦X-Accel-Charset X-Accel-Buffering¦Expires Cache-Control¦Vary»
  proxy_next_upstream «off¦error http_404¦http_503 non_idempotent¦error timeout http_500»
  limit_except «GET¦POST» { «proxy_pass http://%E%¦deny all¦proxy_pass http://%E%;allow all¦access_log off» ; }
`);

const KINDS = [REWRITING, REWRITING, REWRITING, FILES, FILES, ERRORS, FIELDS, FIELDS, ACCESS, BODIES];

export function statement(choose: Chooser, where: Where): Line {
  const kind = choose.of(KINDS);
  if (kind === REWRITING && where !== 'named' && choose.chance(0.15)) return condition(choose, where);
  if (where === 'location' && choose.chance(0.06)) return lineOf(choose.phrase(ONLY_LOCATION));
  if (where === 'server' && choose.chance(0.06)) return lineOf(choose.phrase(ONLY_SERVER));
  if (where !== 'server' && choose.chance(0.15)) return lineOf(choose.phrase(PROXYING));
  return lineOf(choose.phrase(kind));
}

const REPEATABLE =
  /^(set|rewrite|return|break|if|location|error_page|proxy_set_header|proxy_redirect|proxy_cookie_\w+|proxy_hide_header|proxy_pass_header|add_header|add_trailer|allow|deny|sub_filter|auth_request_set|set_real_ip_from|mirror) /;

/** Without what nginx would refuse to read a second time. */
export function withoutRepeated(lines: readonly Line[]): Line[] {
  const seen = new Set<string>();
  return lines.filter(({ text }) => {
    const name = text.replace(/ .*/, '').replace(/^alias$/, 'root');
    return REPEATABLE.test(`${text} `) || (!seen.has(name) && seen.add(name));
  });
}

/** Of a location that asks the server behind. */
export function proxyStatement(choose: Chooser): Line {
  return lineOf(choose.phrase(PROXYING));
}

export function errorStatement(choose: Chooser): Line {
  return lineOf(choose.phrase(ERRORS));
}

export function fieldStatement(choose: Chooser): Line {
  return lineOf(choose.phrase(FIELDS));
}

function condition(choose: Chooser, where: Where): Line {
  return {
    text: `if ${choose.phrase(CONDITIONS)}`,
    inside: choose.many(1, 2, () =>
      choose.chance(0.8) || where === 'server' ? lineOf(choose.phrase(REWRITING)) : inIf(choose),
    ),
  };
}

function inIf(choose: Chooser): Line {
  if (choose.chance(0.3)) return { text: 'proxy_pass http://%E%' };
  return lineOf(choose.chance(0.7) ? choose.phrase(FIELDS) : `root ${choose.of(['other', 'html/dir'])}`);
}

/** `name { a; b; }` is a block of two. */
function lineOf(phrase: string): Line {
  const [, text, inside] = /^(.*) \{ (.*) ; \}$/.exec(phrase) ?? [];
  if (text === undefined || inside === undefined) return { text: phrase };
  return { text, inside: inside.split(';').map((part) => ({ text: part })) };
}
