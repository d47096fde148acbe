/** What a file that should hold a certificate or a key holds in truth, and what turns it into PEM: the message that saves its reader a search. */

const DER_SEQUENCE = 0x30;
/** PKCS#12 begins with its version, 3 (RFC 7292 4). */
const PKCS12_VERSION = Buffer.from([0x02, 0x01, 0x03]);
const BEGINNING_BYTES = 16;

/** Undefined: it is some other text. `path`: as it stands in the command that is proposed. */
export function whyNoCertificate(text: string, path: string): string | undefined {
  if (/-----BEGIN CERTIFICATE REQUEST-----|-----BEGIN NEW CERTIFICATE REQUEST-----/.test(text)) {
    return 'it holds the request for a certificate (CSR), which an authority has to sign first: name the file that it has sent back';
  }
  if (text.includes('-----BEGIN PKCS7-----')) {
    return `it is in the format PKCS#7. Make PEM of it: openssl pkcs7 -print_certs -in ${path} -out ${path}.pem`;
  }
  if (text.includes('PRIVATE KEY-----')) {
    return 'it holds a private key alone: certificate and key may have been exchanged';
  }
  return whyNotPem(text, path, `openssl x509 -inform der -in ${path} -out ${path}.pem`);
}

export function whyNoKey(text: string, path: string): string | undefined {
  if (text.includes('-----BEGIN OPENSSH PRIVATE KEY-----')) {
    return `its format is that of OpenSSH. Make PEM of it: ssh-keygen -p -m pem -f ${path}`;
  }
  if (text.includes('-----BEGIN PUBLIC KEY-----')) {
    return 'it holds a public key: the private one is needed';
  }
  if (/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/.test(text)) {
    return 'it holds certificates alone: the file of the key is to be named beside it, or certificate and key may have been exchanged';
  }
  return whyNotPem(text, path, `openssl pkey -inform der -in ${path} -out ${path}.pem`);
}

function whyNotPem(text: string, path: string, command: string): string | undefined {
  if (text.trim() === '') {
    return 'it is empty';
  }
  const beginning = Buffer.from(text.slice(0, BEGINNING_BYTES), 'latin1');
  if (beginning.includes(PKCS12_VERSION) && beginning[0] === DER_SEQUENCE) {
    return `it is in the format PKCS#12 (.pfx, .p12). Make PEM of it: openssl pkcs12 -in ${path} -nodes -out ${path}.pem`;
  }
  if (beginning[0] === DER_SEQUENCE && (beginning[1] ?? 0) > 0x80) {
    return `it is in the format DER. Make PEM of it: ${command}`;
  }
  if (text.includes('\0')) {
    return 'it is no text of one byte a character: save it as ASCII';
  }
  return undefined;
}
