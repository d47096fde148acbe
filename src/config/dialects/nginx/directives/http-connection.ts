/** Connections of clients, the heads and bodies of their requests, and how responses leave. */

import type { Row } from '../row.ts';
import { accepted, repeatable, row } from '../row.ts';
import { BODY_FILE_ROWS } from './body-files.ts';
import { HTTP, HTTP_IF, HTTP_SERVER } from './contexts.ts';

const READING = 'Files are read in the way that is best for their size.';

export const HTTP_CONNECTION: readonly Row[] = [
  row('keepalive_min_timeout', HTTP, 'msec', 'How long an idle connection stays open at least.'),
  ...BODY_FILE_ROWS,
  ...repeatable([
    row('client_body_early_read', HTTP_SERVER, 'text...', 'When bodies are read before a location is looked for.'),
  ]),
  ...accepted('Files are remembered from the first request on, and errors as well.', [
    row('open_file_cache_min_uses', HTTP, 'number', 'How often a file is asked for before it is remembered.'),
    row('open_file_cache_errors', HTTP, 'flag', 'Whether missing files are remembered.'),
    row('open_file_cache_events', HTTP, 'flag', 'Whether the system tells of changed files.'),
  ]),
  ...accepted('Node sends files without that call of the system; the content is the same.', [
    row('sendfile', HTTP_IF, 'flag', 'Whether the system copies files to the client itself.'),
    row('sendfile_max_chunk', HTTP, 'size', 'How much the system copies at a time.'),
  ]),
  ...accepted(READING, [
    row('aio', HTTP, 'plain', 'Whether files are read beside the loop of events.'),
    row('aio_write', HTTP, 'flag', 'Whether files are written beside the loop of events.'),
    row('read_ahead', HTTP, 'size', 'How much of a file the system reads ahead.'),
    row('directio', HTTP, 'plain', "From which size on files are read past the system's cache."),
    row('directio_alignment', HTTP, 'offset', "At which multiples files are read past the system's cache."),
    row('output_buffers', HTTP, 'count bytes', 'Buffers by which files are read.'),
  ]),
  ...accepted('Portico writes head and beginning of a response together, without delay.', [
    row('tcp_nopush', HTTP, 'flag', 'Whether packets are filled before they are sent.'),
    row('tcp_nodelay', HTTP, 'flag', 'Whether small packets are sent at once.'),
    row('send_lowat', HTTP, 'size', 'How much has to be free in a socket before it is written to.'),
    row('postpone_output', HTTP, 'size', 'How much is gathered before it is sent.'),
  ]),
];
