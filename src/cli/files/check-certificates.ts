/** `portico check` of the certificates that a file names, as far as they are on this machine: the file may be for another one. */

import type { Diagnostic, Severity } from '../../config/diagnostic.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { FilePlace } from '../../config/place.ts';

/** `file`: of the configuration; its faults stand where it names the file that they are about. */
export async function checkCertificates(model: ServerModel, file: string, text: string): Promise<Diagnostic[]> {
  const { tryCertificates } = await import('../../supervisor/try-certificates.ts');
  const { fault, warnings } = await tryCertificates(model);
  const told = (message: string, severity: Severity): Diagnostic => ({
    ...{ severity, code: 'tls.certificate', message },
    place: placeOf(message, file, text),
  });
  const isElsewhere = fault?.includes(' cannot be read: ') === true;
  return [
    ...(fault === undefined ? [] : [told(fault, isElsewhere ? 'info' : 'error')]),
    ...warnings.map((warning) => told(warning, 'warning')),
  ];
}

/** The first word of the configuration that the message has as the end of a path; its beginning otherwise, which may be in a file that it includes. */
function placeOf(message: string, file: string, text: string): FilePlace {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    for (const { 0: word, index: column } of line.matchAll(/[^\s"';=,[\]]*\.[A-Za-z]{2,5}(?![^\s"';=,[\]])/g)) {
      if (message.includes(`/${word.replace(/^\//, '')}`)) {
        return { kind: 'file', file, line: index + 1, column: column + 1, length: word.length };
      }
    }
  }
  return { kind: 'file', file, line: 1, column: 1, length: 1 };
}
