import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'smol-toml';
import { jsonSchema } from './sections.ts';

const validate = new Ajv2020({ allErrors: true, strict: false, validateFormats: false }).compile(jsonSchema());

function faults(text: string): string[] {
  return validate(parse(text))
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('the schema knows what a file may say', () => {
  deepEqual(
    faults(`
include = "sites/*.toml"
app = "mysite.wsgi"
[apps.shop]
module = "shop.wsgi"
workers = 3
websockets = false
[zone.one]
key = "$remote_addr"
rate = "10r/s"
[map.kind.values]
a = "b"
[map.kind]
from = "$uri"
[defaults]
compress = ["gzip", { coding = "br", level = 5 }]
[[site]]
names = "example.org"
listen = ["80", "443 tls"]
headers.set = { X-A = "1" }
rules = [{ rewrite = "^/a", to = "/b" }, { if = "$host = x", reply = "no" }]
[site.location."/a/"]
files = "public"
[site.location."/a/".location."~ x"]
access = false
`),
    [],
  );
});

test('an editor marks what is not known', () => {
  equal(faults('[app]\nmodule = "a"\nworker = 3').length > 0, true);
  equal(faults('[[site]]\n[site.location."/"]\nfils = "x"').length, 1);
  equal(faults('port = 80').length, 1);
});
