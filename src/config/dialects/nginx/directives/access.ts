/** Who may ask, who the client is, and how often: directives that stand before any content. */

import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP, HTTP_LIMIT } from './contexts.ts';

const COOKIE_FLAGS = 'off|secure|httponly|samesite=strict|samesite=lax|samesite=none';

export const ACCESS: readonly Row[] = [
  row('auth_basic', HTTP_LIMIT, 'text', 'Asks for a name and a password; what is said is the realm.'),
  row('auth_basic_user_file', HTTP_LIMIT, 'text', 'The file of names and hashed passwords.'),
  row('auth_request', HTTP, 'plain', 'A location that decides by its status whether a client is let in.'),
  row('real_ip_header', HTTP, 'plain', "The field in which a proxy tells the client's address."),
  row('real_ip_recursive', HTTP, 'flag', 'Whether trusted addresses at the end of the field are passed over.'),
  row('secure_link', HTTP, 'text', 'The hash, and the time, that a link brings with it.'),
  row('secure_link_md5', HTTP, 'text', 'What the hash of a link is made of.'),
  row('secure_link_secret', HTTP, 'plain', 'The secret of links, in the older manner.'),
  row('userid', HTTP, 'off|log|v1|on', 'A cookie that tells clients apart.'),
  row('userid_service', HTTP, 'number', 'The number of the server in the cookie.'),
  row('userid_name', HTTP, 'plain', 'The name of the cookie.'),
  row('userid_domain', HTTP, 'plain', 'The domain of the cookie.'),
  row('userid_path', HTTP, 'plain', 'The path of the cookie.'),
  row('userid_expires', HTTP, 'plain', 'How long the cookie is kept: a time, `max`, or `off`.'),
  row('userid_p3p', HTTP, 'plain', 'The field P3P that is sent with the cookie.'),
  row('userid_mark', HTTP, 'plain', 'A letter in the cookie that marks those who know about it.'),
  ...repeatable([
    row('auth_request_set', HTTP, 'variable text', 'A variable that is made of the answer of `auth_request`.'),
    row('set_real_ip_from', HTTP, 'address', 'A proxy that is believed when it tells the address of its client.'),
    row('valid_referers', 'server location', 'plain...', 'Referers with which $invalid_referer is empty.'),
    row('userid_flags', HTTP, `${COOKIE_FLAGS} [${COOKIE_FLAGS}] [${COOKIE_FLAGS}]`, 'Flags of the cookie.'),
  ]),
];
