/**
 * Variables of a packet that reach the application under their own names, as uWSGI hands them on: REMOTE_USER, DOCUMENT_ROOT, SERVER_PROTOCOL, whatever `uwsgi_param` says. Some of them
 * tell uWSGI to load code, to change its folder or to set its environment (UWSGI_FILE, UWSGI_CHDIR, UWSGI_SETENV …): here all of them are text for the application, and nobody obeys them.
 */

/** Said by the head of the request, or by what is known of its client and of the address: the application hears of them from there. */
const OWN = new Set([
  ...['REQUEST_METHOD', 'REQUEST_URI', 'RAW_URI', 'PATH_INFO', 'QUERY_STRING', 'SCRIPT_NAME'],
  ...['REMOTE_ADDR', 'REMOTE_PORT', 'SERVER_NAME', 'SERVER_PORT'],
]);

/** Fields of the body where there is one; nginx names them as empty where there is none, and so does uWSGI. */
const OF_BODY = new Set(['CONTENT_TYPE', 'CONTENT_LENGTH']);

/** Families of keys that Python servers alone may set (PEP 3333): what stands there is objects, and names of files. */
const RESERVED = /^(?:wsgi|portico|uwsgi|x-wsgiorg)\./i;

/** Fields about the connection between the client and whoever is in front, which are no part of the head here. */
const OF_CONNECTION = new Set([
  ...['HTTP_CONNECTION', 'HTTP_PROXY_CONNECTION', 'HTTP_KEEP_ALIVE', 'HTTP_UPGRADE', 'HTTP_EXPECT'],
]);

/** Of a variable that is no field of the request's head. */
export function isPassedOn(name: string, value: string): boolean {
  if (OWN.has(name)) {
    return false;
  }
  if (OF_BODY.has(name)) {
    return value === '';
  }
  return name.startsWith('HTTP_') ? OF_CONNECTION.has(name) : !RESERVED.test(name);
}
