/** Who may ask, who the client is, and how often: directives that stand before any content. */

import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP, HTTP_LIMIT } from './contexts.ts';
import { SECURE_LINK_ROWS } from './secure-link.ts';
import { USER_ID_ROWS } from './user-id.ts';
import { VALID_REFERERS_ROWS } from './valid-referers.ts';

export const ACCESS: readonly Row[] = [
  row('auth_basic', HTTP_LIMIT, 'text', 'Asks for a name and a password; what is said is the realm.'),
  row('auth_basic_user_file', HTTP_LIMIT, 'text', 'The file of names and hashed passwords.'),
  row('auth_request', HTTP, 'plain', 'A location that decides by its status whether a client is let in.'),
  row('real_ip_header', HTTP, 'plain', "The field in which a proxy tells the client's address."),
  row('real_ip_recursive', HTTP, 'flag', 'Whether trusted addresses at the end of the field are passed over.'),
  ...SECURE_LINK_ROWS,
  ...VALID_REFERERS_ROWS,
  ...USER_ID_ROWS,
  ...repeatable([
    row('auth_request_set', HTTP, 'variable text', 'A variable that is made of the answer of `auth_request`.'),
    row('set_real_ip_from', HTTP, 'address', 'A proxy that is believed when it tells the address of its client.'),
  ]),
];
