/** Lists of blocks that many directives share. */

export const HTTP = 'http server location';
export const HTTP_SERVER = 'http server';
export const HTTP_IF = 'http server location location-if';
export const HTTP_LIMIT = 'http server location limit_except';
/** Where requests are answered. */
export const ANSWERS = 'location location-if';
/** Where instructions of the rewrite module are. */
export const REWRITES = 'server location server-if location-if';
export const ANYWHERE =
  'main events http server location server-if location-if limit_except upstream stream stream-server stream-upstream mail mail-server';
