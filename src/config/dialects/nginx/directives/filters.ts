/** What changes the bodies of responses. */

import type { Row } from '../row.ts';
import { accepted, later, repeatable, row } from '../row.ts';
import { HTTP, HTTP_IF } from './contexts.ts';

const PROXIED = 'off|expired|no-cache|no-store|private|no_last_modified|no_etag|auth|any...';
const PAGESPEED = 'Pages are served as they are: nothing is rewritten for speed.';

export const FILTERS: readonly Row[] = [
  row('gzip', HTTP_IF, 'flag', 'Whether responses are compressed.'),
  row('gzip_comp_level', HTTP, 'number(1-9)', 'How hard gzip tries.'),
  row('gzip_min_length', HTTP, 'size', 'From which length on responses are compressed.'),
  row('gzip_vary', HTTP, 'flag', 'Whether compressed responses have `Vary: Accept-Encoding`.'),
  row('gzip_http_version', HTTP, '1.0|1.1', 'From which version of HTTP on responses are compressed.'),
  row('gunzip', HTTP, 'flag', 'Whether responses are decompressed for clients that do not know gzip.'),
  row('sub_filter_once', HTTP, 'flag', 'Whether only the first occurrence is replaced.'),
  row('sub_filter_last_modified', HTTP, 'flag', 'Whether pages keep their time when something is replaced.'),
  row('add_before_body', HTTP, 'plain', 'A location whose response stands before the body.'),
  row('add_after_body', HTTP, 'plain', 'A location whose response stands behind the body.'),
  row('ssi', HTTP_IF, 'flag', 'Whether commands in pages are run.'),
  row('ssi_silent_errors', HTTP, 'flag', 'Whether pages say nothing of commands that failed.'),
  row('ssi_last_modified', HTTP, 'flag', 'Whether pages with commands keep their time.'),
  row('ssi_min_file_chunk', HTTP, 'size', 'From which size on a piece of a page is sent from its file.'),
  row('ssi_value_length', HTTP, 'size', 'How long the value of a parameter may be.'),
  row('brotli', HTTP_IF, 'flag', 'Whether responses are compressed with brotli (ngx_brotli).'),
  row('brotli_comp_level', HTTP, 'number(0-11)', 'How hard brotli tries.'),
  row('brotli_window', HTTP, 'size', 'How far brotli looks back.'),
  row('brotli_min_length', HTTP, 'size', 'From which length on responses are compressed with brotli.'),
  row('zstd', HTTP_IF, 'flag', 'Whether responses are compressed with zstd (zstd-nginx-module).'),
  row('zstd_comp_level', HTTP, 'number(1-22)', 'How hard zstd tries.'),
  row('zstd_min_length', HTTP, 'size', 'From which length on responses are compressed with zstd.'),
  ...repeatable([
    row('gzip_types', HTTP, 'plain...', 'Media types that are compressed, beside text/html.'),
    row('gzip_proxied', HTTP, PROXIED, 'Which responses are compressed that go through a proxy.'),
    row('gzip_disable', HTTP, 'regex...', 'Browsers for which nothing is compressed.'),
    row('sub_filter', HTTP, 'text text', 'Replaces a text in pages.'),
    row('sub_filter_types', HTTP, 'plain...', 'Media types in which texts are replaced, beside text/html.'),
    row('addition_types', HTTP, 'plain...', 'Media types to which something is added, beside text/html.'),
    row('ssi_types', HTTP, 'plain...', 'Media types in which commands are run, beside text/html.'),
    row('brotli_types', HTTP, 'plain...', 'Media types that are compressed with brotli, beside text/html.'),
    row('zstd_types', HTTP, 'plain...', 'Media types that are compressed with zstd, beside text/html.'),
  ]),
  ...accepted('Compression has the memory that it needs, and no more.', [
    row('gzip_buffers', HTTP, 'count bytes', 'Buffers of what is compressed.'),
    row('gzip_window', HTTP, 'size', 'How far gzip looks back.'),
    row('gzip_hash', HTTP, 'size', 'Memory for what gzip has seen.'),
    row('postpone_gzipping', HTTP, 'size', 'How much is gathered before it is compressed.'),
    row('gzip_no_buffer', HTTP, 'flag', 'Whether compressed pieces are sent at once.'),
    row('gunzip_buffers', HTTP, 'count bytes', 'Buffers of what is decompressed.'),
    row('brotli_buffers', HTTP, 'count bytes', 'Buffers of what brotli has compressed.'),
    row('zstd_buffers', HTTP, 'count bytes', 'Buffers of what zstd has compressed.'),
    row('ssi_ignore_recycled_buffers', HTTP, 'flag', 'How buffers of pages with commands are reused.'),
  ]),
  ...later('zstd compresses without a dictionary.', [row('zstd_dict_file', 'http', 'path', 'A dictionary of zstd.')]),
  ...accepted(PAGESPEED, [
    ...repeatable([row('pagespeed', HTTP_IF, 'plain...', 'Settings of PageSpeed.')]),
    ...repeatable([row('pagespeed_process_script_variables', 'http', 'plain', 'Variables of PageSpeed.')]),
  ]),
];
