/** What applications are told of a request by uwsgi, FastCGI and SCGI, where a file says nothing of it: the variables of CGI (RFC 3875 4.1), as the files of parameters that come with nginx have them. */

import type { ProxyRequest } from '../model/proxying.ts';
import type { Template } from '../model/template.ts';

type Parameters = ProxyRequest['parameters'];

function parameter(name: string, value: Template): Parameters[number] {
  return { name, value, ifNotEmpty: false };
}

function variable(name: string, from: string): Parameters[number] {
  return parameter(name, [{ variable: from }]);
}

const COMMON: Parameters = [
  variable('QUERY_STRING', 'query_string'),
  variable('REQUEST_METHOD', 'request_method'),
  variable('CONTENT_TYPE', 'content_type'),
  variable('CONTENT_LENGTH', 'content_length'),
  variable('REQUEST_URI', 'request_uri'),
  variable('DOCUMENT_ROOT', 'document_root'),
  variable('SERVER_PROTOCOL', 'server_protocol'),
  variable('REQUEST_SCHEME', 'scheme'),
  { ...variable('HTTPS', 'https'), ifNotEmpty: true },
  variable('REMOTE_ADDR', 'remote_addr'),
  variable('REMOTE_PORT', 'remote_port'),
  variable('SERVER_PORT', 'server_port'),
  // Of a site without a name there is none, and an application needs one (PEP 3333).
  variable('SERVER_NAME', 'host'),
];

export const CGI_PARAMETERS: Readonly<Record<'uwsgi' | 'fastcgi' | 'scgi', Parameters>> = {
  uwsgi: [...COMMON, variable('PATH_INFO', 'document_uri')],
  fastcgi: [
    ...COMMON,
    parameter('SCRIPT_FILENAME', [{ variable: 'document_root' }, { variable: 'fastcgi_script_name' }]),
    variable('SCRIPT_NAME', 'fastcgi_script_name'),
    variable('DOCUMENT_URI', 'document_uri'),
    parameter('GATEWAY_INTERFACE', 'CGI/1.1'),
    variable('REMOTE_USER', 'remote_user'),
    variable('SERVER_ADDR', 'server_addr'),
    // PHP that was built so refuses to run without it.
    parameter('REDIRECT_STATUS', '200'),
  ],
  scgi: [...COMMON, variable('DOCUMENT_URI', 'document_uri'), parameter('SCGI', '1')],
};
