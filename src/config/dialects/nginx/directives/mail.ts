/** `mail`: a proxy of IMAP, POP3 and SMTP. */

import type { Row } from '../row.ts';
import { later, repeatable, row } from '../row.ts';

const BOTH = 'mail mail-server';
const WHY =
  'Portico serves web sites and is no proxy of mail: nobody answers on the addresses of this block. Leave it to nginx.';
const METHODS = 'plain|login|cram-md5|external';

export const MAIL: readonly Row[] = later(WHY, [
  row('mail', 'main', '{mail}', 'A proxy of mail.'),
  row('server_name', BOTH, 'plain', 'The name with which clients are greeted.'),
  row('resolver', BOTH, 'address...', 'Where names are looked up.'),
  row('resolver_timeout', BOTH, 'msec', 'How long looking up a name may take.'),
  row('protocol', 'mail-server', 'plain', 'The protocol of a listener.'),
  row('timeout', BOTH, 'msec', 'How long a client may be idle.'),
  row('max_errors', BOTH, 'number', 'How many errors a client may make.'),
  row('auth_http', BOTH, 'plain', 'The server that knows the users.'),
  row('auth_http_timeout', BOTH, 'msec', 'How long that server may take.'),
  row('auth_http_pass_client_cert', BOTH, 'flag', "Whether that server gets the client's certificate."),
  row('imap_client_buffer', BOTH, 'size', 'Memory for a command of IMAP.'),
  row('smtp_client_buffer', BOTH, 'size', 'Memory for a command of SMTP.'),
  row('smtp_greeting_delay', BOTH, 'msec', 'How long a greeting is held back.'),
  row('proxy', BOTH, 'flag', 'Whether mail is passed on.'),
  row('proxy_buffer', BOTH, 'size', 'Memory for what is passed on.'),
  row('proxy_timeout', BOTH, 'msec', 'How long a connection may be idle.'),
  row('proxy_pass_error_message', BOTH, 'flag', 'Whether errors of the upstream are shown.'),
  row('proxy_smtp_auth', BOTH, 'flag', 'Whether the upstream is logged in to.'),
  row('proxy_protocol', BOTH, 'off|on|v2', 'Whether the upstream is told who the client is.'),
  row('xclient', BOTH, 'flag', 'Whether the upstream is told about the client by XCLIENT.'),
  row('starttls', BOTH, 'off|on|only', 'Whether a connection may begin to be encrypted.'),
  ...repeatable([
    row('server', 'mail', '{mail-server}', 'A listener.'),
    row('listen', 'mail-server', 'address [parameter...]', 'An address that is listened on.'),
    row('auth_http_header', BOTH, 'plain plain', 'A field that the server gets that knows the users.'),
    row('imap_capabilities', BOTH, 'plain...', 'What clients of IMAP are told.'),
    row('imap_auth', BOTH, `${METHODS}...`, 'How clients of IMAP log in.'),
    row('pop3_capabilities', BOTH, 'plain...', 'What clients of POP3 are told.'),
    row('pop3_auth', BOTH, 'plain|apop|cram-md5|external...', 'How clients of POP3 log in.'),
    row('smtp_capabilities', BOTH, 'plain...', 'What clients of SMTP are told.'),
    row('smtp_auth', BOTH, `${METHODS}|none...`, 'How clients of SMTP log in.'),
    row('set_real_ip_from', BOTH, 'address', 'A proxy that is believed when it tells the address of its client.'),
  ]),
]);
