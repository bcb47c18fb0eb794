/** A group of forms that belong together. */
export type FormFamily =
  | 'event'
  | 'report'
  | 'ownership'
  | 'stake'
  | 'offering'
  | 'proxy'
  | 'deal'
  | 'fund'
  | 'notice'
  | 'other';

/** The forms of one family: what they are, in words, and their names, separated by commas. */
export type FormTable = Readonly<Record<string, string>>;
