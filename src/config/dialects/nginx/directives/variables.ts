/** Variables that a configuration defines, and logs. */

import type { Row } from '../row.ts';
import { accepted, later, refused, repeatable, row } from '../row.ts';
import { HTTP, HTTP_IF } from './contexts.ts';

const GEOIP =
  'Portico reads no such database. Write the networks that matter into a `geo` block, or ask the database in your application.';

export const VARIABLES: readonly Row[] = [
  ...repeatable([
    row('log_format', 'http', 'plain text...', 'What a line of the access log holds.'),
    row('access_log', `${HTTP_IF} limit_except`, 'text [parameter...]', 'Where requests are logged, and how.'),
  ]),
  ...accepted('Files of logs stay open as long as they are written to.', [
    row(
      'open_log_file_cache',
      'http server location stream stream-server',
      'parameter [parameter] [parameter] [parameter]',
      'How many logs with variables in their names stay open.',
    ),
  ]),
  ...later('$ancient_browser, $modern_browser and $msie are empty.', [
    ...repeatable([
      row('modern_browser', HTTP, 'plain [plain]', 'A browser that counts as modern.'),
      row('ancient_browser', HTTP, 'plain...', 'Browsers that count as ancient.'),
    ]),
    row('modern_browser_value', HTTP, 'plain', 'The value of $modern_browser.'),
    row('ancient_browser_value', HTTP, 'plain', 'The value of $ancient_browser.'),
  ]),
  ...refused(GEOIP, [
    row('geoip_country', 'http stream', 'path [plain]', 'The database of countries.'),
    row('geoip_org', 'http stream', 'path [plain]', 'The database of organisations.'),
    row('geoip_city', 'http stream', 'path [plain]', 'The database of cities.'),
    ...repeatable([row('geoip_proxy', 'http', 'address', 'Proxies that are believed.')]),
    row('geoip_proxy_recursive', 'http', 'flag', 'Whether trusted addresses are passed over.'),
    ...repeatable([row('geoip2', 'http stream', 'path {entries}', 'A database of GeoIP2.')]),
    ...repeatable([row('geoip2_proxy', 'http', 'address', 'Proxies that are believed.')]),
    row('geoip2_proxy_recursive', 'http', 'flag', 'Whether trusted addresses are passed over.'),
  ]),
];
