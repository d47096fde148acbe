/** Variables that depend on who asks: browsers, places. */

import type { Row } from '../row.ts';
import { later, refused, repeatable, row } from '../row.ts';
import { HTTP } from './contexts.ts';

const GEOIP =
  'Portico reads no such database. Write the networks that matter into a `geo` block, or ask the database in your application.';

export const VARIABLES: readonly Row[] = [
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
