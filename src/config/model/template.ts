/**
 * Text that is made anew for each request: nginx's variables, captures of regexes, and what stands between them. All text of the model is Unicode;
 * the edge makes latin-1 of its UTF-8, the form in which it has paths and fields. A byte of a file that is not UTF-8 is a lone surrogate, U+DC00 + the byte.
 */

/** A constant is a plain string, so that a template costs nothing where it has no variable. */
export type Template = string | readonly TemplatePart[];

export type TemplatePart =
  | string
  /** Without the dollar: `host`, `arg_page`, `http_user_agent`, or one that the configuration defines. */
  | { readonly variable: string }
  /** A group of the regex that matched last: `$1` to `$9`, 0 for the whole. */
  | { readonly capture: number };

/** A regex as PCRE reads it, which is how it is written in files; `regex/` makes one of JavaScript of it. */
export interface Pattern {
  readonly text: string;
  readonly isCaseless: boolean;
}
