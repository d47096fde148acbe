/** Sites and locations, and what holds for requests as a whole. */

import type { DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { Row } from '../row.ts';
import { accepted, later, repeatable, row } from '../row.ts';
import { HTTP, HTTP_IF, HTTP_SERVER } from './contexts.ts';
import { keep } from './keep.ts';
import { resolverRows } from './resolvers.ts';
import { opensBlock } from './structure.ts';

/** A path, or the name of a location. */
export const POST_ACTION: DraftKey<string> = draftKey('post_action');

const HASHES = 'Tables of names are as large as they have to be.';

export const HTTP_CORE: readonly Row[] = [
  row('http', 'main', '{http}', 'All sites.', { apply: opensBlock }),
  ...repeatable([row('server', 'http', '{server}', 'A site.', { apply: opensBlock })]),
  row('post_action', HTTP_IF, 'plain', 'A location that is asked when a request is done.', {
    apply: keep(POST_ACTION, (args) => args.text(0)),
  }),
  ...resolverRows('http server location upstream'),
  ...accepted('The browser that needed it is gone.', [
    row('msie_refresh', HTTP, 'flag', 'Whether redirects of an old browser are pages that refresh.'),
  ]),
  ...accepted(HASHES, [
    row('variables_hash_max_size', 'http', 'number', 'Size of the table of variables.'),
    row('variables_hash_bucket_size', 'http', 'number', 'Size of a row in the table of variables.'),
    row('server_names_hash_max_size', 'http', 'number', 'Size of the table of names of sites.'),
    row('server_names_hash_bucket_size', 'http', 'number', 'Size of a row in the table of names of sites.'),
    row('types_hash_max_size', HTTP, 'number', 'Size of the table of media types.'),
    row('types_hash_bucket_size', HTTP, 'number', 'Size of a row in the table of media types.'),
    row('map_hash_max_size', 'http', 'number', 'Size of the table of a `map`.'),
    row('map_hash_bucket_size', 'http', 'number', 'Size of a row in the table of a `map`.'),
    row('referer_hash_max_size', 'server location', 'number', 'Size of the table of referers.'),
    row('referer_hash_bucket_size', 'server location', 'number', 'Size of a row in the table of referers.'),
  ]),
  ...accepted('Memory is managed by the JavaScript engine.', [
    row('connection_pool_size', HTTP_SERVER, 'size', 'Memory that is set aside for a connection.'),
    row('request_pool_size', HTTP_SERVER, 'size', 'Memory that is set aside for a request.'),
    row('subrequest_output_buffer_size', HTTP, 'size', 'Memory for the response of a subrequest.'),
  ]),
  ...later('An early answer of the upstream (103) is not passed on.', [
    ...repeatable([row('early_hints', HTTP, 'text...', 'When early hints of an upstream are passed on.')]),
  ]),
  ...later('The server sheds load by its own limits.', [
    row('degradation', 'http', 'parameter', 'How much memory there may be before requests are refused.'),
    row('degrade', HTTP, '204|444', 'What is answered when memory is short.'),
  ]),
];
