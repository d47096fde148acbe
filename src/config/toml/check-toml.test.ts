import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, success } from '../../kernel/outcome.ts';
import { trapsOfToml } from './check-toml.ts';

/** `code line message` of each trap. */
function traps(text: string): string[] {
  const files = {
    readText: (path: string) => (path === '/portico.toml' ? success(text) : failure('there is no such file')),
    glob: () => [],
  };
  return trapsOfToml('/portico.toml', files).map(
    ({ code, place, message }) => `${code.replace('trap.', '')} ${place.kind === 'file' ? place.line : 0} ${message}`,
  );
}

test('trapsOfToml() tells of folders that clients get out of, or see whole', () => {
  assert.deepEqual(traps('[[site]]\n[site.location."/media"]\nfiles = { alias = "/srv/media/" }\n'), [
    'alias-traversal 3 the alias of "/media" ends with a slash and the location does not: "/media../x" leads to "/srv/media/../x"',
  ]);
  assert.deepEqual(traps('[[site]]\nfiles = { root = "/srv", listing = "html", hidden = true }\n'), [
    'autoindex-everywhere 2 every folder without an index is listed',
    'dotfiles 2 names with a dot in front are served: .git, .env, .htpasswd',
  ]);
  assert.deepEqual(traps('[[site]]\n[site.location."/d/"]\nfiles = { alias = "/srv/d/", listing = "html" }\n'), []);
});

test('trapsOfToml() tells of lists of addresses that let everybody in, and of rules that are never asked', () => {
  assert.deepEqual(traps('[[site]]\naccess.addresses = ["allow 10.0.0.0/8"]\n'), [
    'allow-without-deny 2 some addresses are allowed and none is denied: everybody is let in',
  ]);
  assert.deepEqual(
    traps('[[site]]\naccess.addresses = [\n  "deny 10.0.0.0/8",\n  "allow 10.1.2.3",\n  "deny all",\n]\n'),
    ['shadowed-rule 4 "allow 10.1.2.3" is never asked: "deny 10.0.0.0/8" before it decides about all that it means'],
  );
  assert.deepEqual(traps('[[site]]\naccess.addresses = ["allow 10.1.2.3", "deny all"]\n'), []);
});

test('trapsOfToml() tells of fields that are not sent in a location, and of what a client writes into others', () => {
  const site = '[defaults]\nheaders.set = { X-A = "1" }\n[[site]]\n[site.location."/"]\nheaders.set = { X-B = "2" }\n';
  assert.deepEqual(traps(site), [
    'add-header-lost 5 "headers.set" takes the place of that around it: x-a is not sent here',
  ]);
  assert.deepEqual(traps('[[site]]\nredirect = "https://$http_host$uri"\n'), [
    'host-spoofing 2 $http_host is whatever the client has written',
    'response-splitting 2 $uri is decoded, so that "%0d%0a" in a URL ends the line',
  ]);
});

test('trapsOfToml() tells of a client who says which machine is asked', () => {
  assert.deepEqual(
    traps('[[site]]\nproxy = "http://$host"\n[site.location."/a"]\nproxy = { to = "http://app/$arg_b" }\n'),
    ['open-proxy 2 the client says in $host which machine is asked'],
  );
});

test('trapsOfToml() tells of certificates at an address that speaks no TLS', () => {
  const site = (listen: string): string => `[[site]]\nlisten = ${listen}\ntls.certificates = "a.pem"\n`;
  const told = ['plain-port 3 no address of this site has the word "tls" behind it: TLS is not spoken'];
  assert.deepEqual(traps(site('"443"')), told);
  assert.deepEqual(traps(site('["80", "443 default"]')), told);
  assert.deepEqual(traps(site('["80", "443 tls default"]')), []);
});

test('trapsOfToml() tells of pages about the server, and those behind it, that everybody may see', () => {
  assert.deepEqual(traps('[[site]]\n[site.location."/u"]\nanswer = "upstreams"\n'), [
    'status-open 3 everybody is shown which servers are behind this one, and how they are',
  ]);
  assert.deepEqual(traps('[[site]]\n[site.location."/s"]\nanswer = "status"\n'), [
    'status-open 3 everybody is shown how busy the server is',
  ]);
  const kept = '[[site]]\naccess.addresses = ["allow 10.0.0.0/8", "deny all"]\n';
  assert.deepEqual(traps(`${kept}[site.location."/u"]\nanswer = "upstreams"\n`), []);
});
