/** `portico check` of the certificates that a file names, as far as they are on this machine: the file may be for another one. */

import type { Diagnostic, Severity } from '../../config/diagnostic.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import { pathIn, placeOfPath } from './path-place.ts';
import type { ReadServerFile } from './read-any-file.ts';

/** What is wrong stands where the configuration names the file that it is about; at the beginning of `path` where nothing does. */
export async function checkCertificates(
  model: ServerModel,
  path: string,
  { files, textOf }: Pick<ReadServerFile, 'files' | 'textOf'>,
): Promise<Diagnostic[]> {
  const { tryCertificates } = await import('../../supervisor/try-certificates.ts');
  const { faults, warnings, paths } = await tryCertificates(model);
  const told = (message: string, severity: Severity): Diagnostic => {
    const about = pathIn(message, paths) ?? /"([^"]+)"/.exec(message)?.[1];
    const place = about === undefined ? undefined : placeOfPath(about, files, textOf);
    return {
      ...{ severity, code: 'tls.certificate', message },
      place: place ?? { kind: 'file', file: path, line: 1, column: 1, length: 1 },
    };
  };
  return [
    ...faults.map((fault) => told(fault, fault.includes(' cannot be read: ') ? 'info' : 'error')),
    ...warnings.map((warning) => told(warning, 'warning')),
  ];
}
