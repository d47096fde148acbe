import { equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { whyNoCertificate, whyNoKey } from './pem-text.ts';

const DER = '\x30\x82\x03\x0b\x30\x82\x01\xf3\xa0\x03\x02\x01\x02\x02\x14';
const PKCS12 = '\x30\x82\x09\xef\x02\x01\x03\x30\x82\x09\xa5\x06';
const begin = (what: string): string => `-----BEGIN ${what}-----\nAAAA\n`;

test('what a file holds instead of a certificate is told with the way to PEM', () => {
  const why = (text: string): string => whyNoCertificate(text, '/a.crt') ?? '';
  equal(why(''), 'it is empty');
  equal(why(' \n'), 'it is empty');
  match(why(DER), /DER.*openssl x509 -inform der -in \/a\.crt -out \/a\.crt\.pem$/);
  match(why(PKCS12), /PKCS#12.*openssl pkcs12 -in \/a\.crt -nodes -out \/a\.crt\.pem$/);
  match(why(begin('PKCS7')), /openssl pkcs7 -print_certs/);
  match(why(begin('CERTIFICATE REQUEST')), /\(CSR\)/);
  match(why(begin('EC PRIVATE KEY')), /have been exchanged/);
  match(why('\xff\xfe-\0-\0-\0'), /save it as ASCII/);
  equal(why('hello'), '');
});

test('what a file holds instead of a key is told with the way to PEM', () => {
  const why = (text: string): string => whyNoKey(text, '/a.key') ?? '';
  equal(why(''), 'it is empty');
  match(why(DER), /openssl pkey -inform der -in \/a\.key/);
  match(why(PKCS12), /PKCS#12/);
  match(why(begin('OPENSSH PRIVATE KEY')), /ssh-keygen -p -m pem -f \/a\.key$/);
  match(why(begin('PUBLIC KEY')), /the private one is needed/);
  match(why(begin('CERTIFICATE')), /have been exchanged/);
  equal(why('0 hello'), '');
});
