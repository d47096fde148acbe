import type { DraftKey } from '../draft.ts';
import type { Apply } from '../row.ts';

/** The address of a responder of OCSP. */
export function keepResponder(key: DraftKey<string>): Apply {
  return (args, draft, report) => {
    const url = args.text(0);
    if (/^http:\/\//i.test(url) && URL.canParse(url)) {
      draft.set(key, url);
    } else {
      report('nginx.invalid-value', args.place(0), `invalid URL prefix in OCSP responder "${url}"`, {
        hint: 'Write its address with http:// in front: what it says is signed, and needs no TLS.',
      });
    }
  };
}
