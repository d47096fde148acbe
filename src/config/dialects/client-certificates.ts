/** Whether clients are asked for certificates, as Python's ssl says it, and uvicorn and hypercorn with it. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure } from '../../kernel/outcome.ts';
import type { Report } from '../diagnostic.ts';
import { atFlag } from '../place.ts';
import type { ClientCertificates, ServeOptions } from '../serve-options.ts';
import { environmentName } from '../setting.ts';
import { parseClientCertificates } from '../tls-settings.ts';
import type { Asked } from './option.ts';
import { readInteger } from './option-values.ts';

const CERT_REQS_VARIABLE = environmentName('cert-reqs');
const REQUIRED = 2;
const NAME = /^CERT_(NONE|OPTIONAL|REQUIRED)$/;

/** 0, 1 or 2. */
export function readCertReqs(text: string): Outcome<ClientCertificates> {
  const number = readInteger(0, REQUIRED)(text);
  return number.ok ? parseClientCertificates(String(number.value)) : number;
}

/** The names of ssl.VerifyMode, or its numbers: a name cannot be written in a configuration file of hypercorn. */
export function readVerifyMode(text: string): Outcome<ClientCertificates> {
  const [, name] = NAME.exec(text) ?? [];
  if (name !== undefined) {
    return parseClientCertificates(name);
  }
  const number = readCertReqs(text);
  return number.ok ? number : failure(`"${text}" is not one of CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED`);
}

/**
 * Naming who signs the certificates of clients asks for none in these programs, and does in ours. As there, then; but who wrote it
 * meant that strangers are kept out, and is warned.
 */
export function clientsUnasked(
  { draft, machine: { env } }: Asked,
  { option, wayOut }: { readonly option: string; readonly wayOut: string },
  report: Report,
): Partial<ServeOptions> {
  if (draft.caCerts === undefined || draft.certReqs !== undefined || (env[CERT_REQS_VARIABLE] ?? '') !== '') {
    return {};
  }
  report('dialect.note', atFlag(option), `clients are asked for no certificate. ${wayOut} does ask.`, 'warning');
  return { certReqs: 'none' };
}
