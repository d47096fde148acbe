/** An authority, a certificate of it that clients refuse without its word, and that word, made by OpenSSL. */

function bytes(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.join(''), 'base64');
}

/** The authority. */
export const AUTHORITY: Buffer = bytes(
  'MIIBcDCCARegAwIBAgIUWcBnLnGBMsI96xFT7Hozsbdj4VQwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EwIBcNMjYxMjAxMDI1',
  'MzUwWhgPMjEyNjExMDcwMjUzNTBaMA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUiAVizIWkgpdF13+',
  'MQfICg1snDkEaOphu1gbtU/ftOnePbpSSHNMkfLFUFlFYVh9IZ4B5ePb2e6WVX1DjdL3UaNTMFEwHQYDVR0OBBYEFM+0jKotcrjL',
  'dqs7bs0NHxYpcVyQMB8GA1UdIwQYMBaAFM+0jKotcrjLdqs7bs0NHxYpcVyQMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID',
  'RwAwRAIgEdjCnLIww9tOD27l4YdFy9HEifzCXlKq+EGXDskq/c0CIAk436JQ7/Lkh1NH1GrfsGmVRLfSVnIksCiAx1OQBrWs',
);
/** Number 0x1234, for a.test, with status_request among its features and the responder http://127.0.0.1:1/ocsp. */
export const CERTIFICATE: Buffer = bytes(
  'MIIBwzCCAWigAwIBAgICEjQwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EwIBcNMjYxMjAxMDI1MzUwWhgPMjEyNjExMDcwMjUz',
  'NTBaMAwxCjAIBgNVBAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATBX12M9EsC2SHuEL/zghOMbXXAg8g8sh05xEjPqigq',
  'BnzyFr9xGNIdjKi99dnTaLnU9cHaAkQdp6kPksXhsvyxo4G2MIGzMBEGA1UdEQQKMAiCBmEudGVzdDAzBggrBgEFBQcBAQQnMCUw',
  'IwYIKwYBBQUHMAGGF2h0dHA6Ly8xMjcuMC4wLjE6MS9vY3NwMBEGCCsGAQUFBwEYBAUwAwIBBTAWBgNVHSUBAf8EDDAKBggrBgEF',
  'BQcDATAdBgNVHQ4EFgQUr1vN9t7eJ8htUC4Cp2Ecq0f3h24wHwYDVR0jBBgwFoAUz7SMqi1yuMt2qztuzQ0fFilxXJAwCgYIKoZI',
  'zj0EAwIDSQAwRgIhAIXk0WvZI7DkvU3OTJx0/rb3vV0cEgiiU9GJ/tEVxnj+AiEAqiM9qOJzZ/SHCtceTQgC8BkQ3SvU6DqLExUw',
  'LK0aDak=',
);
/** What `openssl ocsp` asks about it. */
export const REQUEST: Buffer = bytes(
  'MEMwQTA/MD0wOzAJBgUrDgMCGgUABBQRBIzSDLNZIwfQGf0IiVYrYtNkkgQUz7SMqi1yuMt2qztuzQ0fFilxXJACAhI0',
);
/** Good, signed by the authority itself, which is named by its key. */
export const RESPONSE: Buffer = bytes(
  'MIIBAwoBAKCB/TCB+gYJKwYBBQUHMAEBBIHsMIHpMIGQohYEFM+0jKotcrjLdqs7bs0NHxYpcVyQGA8yMDI2MTIwMTAyNTM1MFow',
  'ZTBjMDswCQYFKw4DAhoFAAQUEQSM0gyzWSMH0Bn9CIlWK2LTZJIEFM+0jKotcrjLdqs7bs0NHxYpcVyQAgISNIAAGA8yMDI2MTIw',
  'MTAyNTM1MFqgERgPMjAyNjEyMzEwMjUzNTBaMAoGCCqGSM49BAMCA0gAMEUCIQDtnm4hf4tirCA6yVLXkOKRmLXShd09LAzLvM5g',
  'yjp51AIgBZ9ZOM2L6L1gGZtemdDHQLrCPk/i39nlHQY7Osm73AU=',
);
/** Good, signed by one whom the authority allows to, and whose certificate is in it. */
export const DELEGATED: Buffer = bytes(
  'MIICdwoBAKCCAnAwggJsBgkrBgEFBQcwAQEEggJdMIICWTCBjaETMBExDzANBgNVBAMMBnNpZ25lchgPMjAyNjEyMDEwMjUzNTBa',
  'MGUwYzA7MAkGBSsOAwIaBQAEFBEEjNIMs1kjB9AZ/QiJViti02SSBBTPtIyqLXK4y3arO27NDR8WKXFckAICEjSAABgPMjAyNjEy',
  'MDEwMjUzNTBaoBEYDzIwMjYxMjMxMDI1MzUwWjAKBggqhkjOPQQDAgNIADBFAiAO2264o6DwriHXFAtrxPjznNcG5TTvOkL5aIN5',
  'IeLPhQIhAJj8XAQ/eA0899yVmNVToA/Dujn2AZbGVptU1w5ZCAiaoIIBbzCCAWswggFnMIIBDKADAgECAgF3MAoGCCqGSM49BAMC',
  'MA0xCzAJBgNVBAMMAmNhMCAXDTI2MTIwMTAyNTM1MFoYDzIxMjYxMTA3MDI1MzUwWjARMQ8wDQYDVQQDDAZzaWduZXIwWTATBgcq',
  'hkjOPQIBBggqhkjOPQMBBwNCAATlGEVSrCyDAc+KuH0zN22zasCPGbvzeEqHh5Jx41Z0eABG42yuuo4FsSFPxtR2x7DS87BqXXO9',
  'g2UWHdg5tf+Lo1cwVTATBgNVHSUEDDAKBggrBgEFBQcDCTAdBgNVHQ4EFgQUCzx3riQYze/opDM2Y+ZHI9y9upwwHwYDVR0jBBgw',
  'FoAUz7SMqi1yuMt2qztuzQ0fFilxXJAwCgYIKoZIzj0EAwIDSQAwRgIhALck6VpNGR10qbk2zUIRmRqd4BlZ4j2jdrfrkjw2kpHj',
  'AiEA9zDFiH/ouRiIjtgtgsQ4NfIEOvfYRDis4EK2fvfG7OU=',
);
/** From and until when these hold. */
export const FROM_MS: number = Date.parse('2026-12-01T02:53:50Z');
export const UNTIL_MS: number = Date.parse('2026-12-31T02:53:50Z');
