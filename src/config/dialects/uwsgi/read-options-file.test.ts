import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPlace } from '../../place.ts';
import { parseIni } from './parse-ini.ts';
import type { OptionsLanguage } from './read-options-file.ts';
import { languageOf, readOptionsFile } from './read-options-file.ts';

function read(language: OptionsLanguage, text: string, section = ''): string[] | undefined {
  const options = readOptionsFile(language, { file: 'f', text, section });
  assert.ok(options.ok, JSON.stringify(options));
  return options.value?.map(({ key, value, place }) => `${renderPlace(place).replace(/: .*/, '')} ${key}=${value}`);
}

function faultOf(language: OptionsLanguage, text: string): string {
  const options = readOptionsFile(language, { file: 'f', text, section: '' });
  assert.ok(!options.ok);
  return `${options.fault.line}:${options.fault.column} ${options.fault.message}`;
}

test('the end of a name says the language', () => {
  assert.deepEqual(['a.ini', 'a.YML', 'a.yaml', 'a.js', 'a.json', 'a.xml', 'a.conf'].map(languageOf), [
    'ini',
    'yaml',
    'yaml',
    'json',
    'json',
    'xml',
    'ini',
  ]);
});

test('an ini file has sections, comments and keys without a value', () => {
  const text = '[other]\na = 1\n[uwsgi]\n; no\n# no\n  b = 2 = 3\nmaster\n';
  assert.deepEqual(read('ini', text), ['f:6:3 b=2 = 3', 'f:7:1 master=']);
  assert.deepEqual(read('ini', text, 'other'), ['f:2:1 a=1']);
  assert.equal(parseIni('f', text, 'none'), undefined);
});

test('a YAML file has one mapping of scalars and lists of them', () => {
  const text = `%YAML 1.1
---
# a comment
other:
  no: 1
uwsgi:
  socket: 127.0.0.1:3031   # another
  chdir: '/srv/it''s # here'
  "env": "A=\\"b\\"\\n"
  master: true
  vacuum:
  static-map: [ /a=/b, '/c=/d' ]
  plugins:
    - python
    - http
end:
  no: 2
`;
  assert.deepEqual(read('yaml', text), [
    'f:7:3 socket=127.0.0.1:3031',
    "f:8:3 chdir=/srv/it's # here",
    'f:9:3 env=A="b"\n',
    'f:10:3 master=true',
    'f:11:3 vacuum=',
    'f:12:3 static-map=/a=/b',
    'f:12:3 static-map=/c=/d',
    'f:14:5 plugins=python',
    'f:15:5 plugins=http',
  ]);
  assert.deepEqual(read('yaml', text, 'end'), ['f:17:3 no=2']);
  assert.equal(read('yaml', 'other:\n  a: 1\n'), undefined);
  assert.match(faultOf('yaml', 'uwsgi: 3\n'), /^1:1 /);
  assert.match(faultOf('yaml', 'uwsgi:\n  - a\n'), /^2:3 there is no key/);
  assert.match(faultOf('yaml', 'uwsgi:\n  a b\n'), /^2:3 this is neither/);
  assert.match(faultOf('yaml', 'uwsgi:\n  a: |\n   b\n'), /^2:3 an option has/);
});

test('a JSON file has one object of values and lists of them', () => {
  const text =
    '{\n "uwsgi": {\n  "http": ":80",\n  "processes": 2, "master": true, "x": null,\n  "env": ["A=1", "B=2"]\n}}';
  assert.deepEqual(read('json', text), [
    'f:3:3 http=:80',
    'f:4:3 processes=2',
    'f:4:19 master=true',
    'f:4:35 x=',
    'f:5:3 env=A=1',
    'f:5:3 env=B=2',
  ]);
  assert.equal(read('json', '[]'), undefined);
  assert.match(faultOf('json', '{\n "uwsgi": {,}}'), /^\d:\d+ it is not JSON: /);
  assert.match(faultOf('json', '{"uwsgi": {\n"a": {}}}'), /^2:1 "a" has neither/);
});

test('an XML file has elements, with an id each or for all', () => {
  const text = `<?xml version="1.0"?>
<!-- a - comment -->
<uwsgi id="one">
  <socket>/tmp/a&amp;b.sock</socket>
  <master/>
  <env id='two'>A=1</env>
  <module><![CDATA[a.b]]></module>
  <app mountpoint="/x"><script>x.py</script></app>
</uwsgi>`;
  const common = ['f:4:3 socket=/tmp/a&b.sock', 'f:5:3 master='];
  const rest = ['f:7:3 module=a.b', 'f:8:3 mount=/x=x.py'];
  assert.deepEqual(read('xml', text), [...common, 'f:6:3 env=A=1', ...rest]);
  assert.deepEqual(read('xml', text, 'one'), [...common, ...rest]);
  assert.equal(read('xml', text, 'three'), undefined);
  const several = '<all><uwsgi id="a"><http>:1</http></uwsgi><uwsgi id="b"><http>:2</http></uwsgi></all>';
  assert.deepEqual(read('xml', several, 'b'), ['f:1:57 http=:2']);
  assert.match(faultOf('xml', '<uwsgi>\n<a></b></uwsgi>'), /^2:4 <\/b> closes/);
  assert.match(faultOf('xml', '<uwsgi>\n <a>'), /^1:1 <uwsgi> is not closed/);
  assert.match(faultOf('xml', '<uwsgi>\n <'), /^2:2 this is no XML/);
});
