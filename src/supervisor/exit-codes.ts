/** With which code the server ends: in the manner of the program that it stands in for, because whoever has started it goes by that. */

import type { Manner } from '../config/model/server-model.ts';

/** What the supervisor itself calls the reasons for an end. */
export const ENDED = {
  /** An address or a file that the system refuses. */
  system: 1,
  /** Settings that cannot be as they are. */
  settings: 2,
  /** The application cannot be loaded. */
  application: 3,
  /** … because there is nothing to call by the name that was given. */
  misnamed: 4,
} as const;

/** UWSGI_FAILED_APP_CODE, with `need-app`. */
const UWSGI_NO_APPLICATION = 22;

const CODES: Readonly<Record<Manner, Readonly<Record<number, number>>>> = {
  portico: { [ENDED.misnamed]: ENDED.application },
  nginx: { [ENDED.misnamed]: ENDED.application },
  // WORKER_BOOT_ERROR and APP_LOAD_ERROR of its arbiter are these very numbers.
  gunicorn: { [ENDED.settings]: ENDED.system },
  uwsgi: {
    [ENDED.settings]: ENDED.system,
    [ENDED.application]: UWSGI_NO_APPLICATION,
    [ENDED.misnamed]: UWSGI_NO_APPLICATION,
  },
};

export function exitCodeOf(manner: Manner, code: number): number {
  return CODES[manner][code] ?? code;
}
