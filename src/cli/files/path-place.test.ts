import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathIn, placeOfPath, withPlace } from './path-place.ts';

const TEXTS: Readonly<Record<string, string>> = {
  '/etc/main.conf': 'include sites/*;\n# ssl_certificate /etc/live/site.test/full.pem;\n',
  '/etc/site.conf': 'server_name site.test;\nssl_certificate live/site.test/full.pem; # as certbot has it\n',
  '/etc/portico.toml': `names = ["site.test", "full.pem"]\nkey = "../live/site.test/full.pem"\ncert = '/etc/own.pem'\n`,
};

function placeOf(path: string, ...files: string[]): string | undefined {
  const place = placeOfPath(path, files, (file) => TEXTS[file]);
  return place === undefined ? undefined : `${place.file}:${place.line}:${place.column}+${place.length}`;
}

test('placeOfPath() finds the word that names a file, in whichever file it stands', () => {
  const path = '/etc/live/site.test/full.pem';
  assert.equal(placeOf(path, '/etc/main.conf', '/etc/site.conf'), '/etc/site.conf:2:17+23');
  assert.equal(placeOf(path, '/etc/portico.toml'), '/etc/portico.toml:2:8+26');
  assert.equal(placeOf('/etc/own.pem', '/etc/portico.toml'), '/etc/portico.toml:3:9+12');
});

test('placeOfPath() takes neither comments nor names of sites for a file', () => {
  assert.equal(placeOf('/etc/live/site.test/full.pem', '/etc/main.conf'), undefined);
  assert.equal(placeOf('/etc/live/site.test/other.pem', '/etc/site.conf', '/etc/portico.toml'), undefined);
  assert.equal(placeOf('/etc/live/site.test.pem', '/etc/site.conf'), undefined);
});

test('pathIn() takes the path that the message speaks of first, and all of it', () => {
  const paths = ['/etc/a', '/etc/a.pem', '/etc/b.key'];
  assert.equal(pathIn('the key in /etc/b.key does not belong to /etc/a.pem', paths), '/etc/b.key');
  assert.equal(pathIn('/etc/a.pem: it has expired', paths), '/etc/a.pem');
  assert.equal(pathIn('no cipher suite is called "x"', paths), undefined);
});

test('withPlace() says in front of a message where the file that it is about is named', () => {
  const place = (message: string) => withPlace(message, ['/etc/portico.toml'], (file) => TEXTS[file]);
  const message = 'the key in /etc/other.key is not that of /etc/own.pem: name two that belong together';
  assert.equal(place(message), `/etc/portico.toml:3:9: ${message}`);
  assert.equal(place('/etc/own.pem: it is damaged.'), '/etc/portico.toml:3:9: /etc/own.pem: it is damaged.');
  assert.equal(place('/etc/else.pem cannot be read'), '/etc/else.pem cannot be read');
});
