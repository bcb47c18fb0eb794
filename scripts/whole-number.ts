import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Returns the parser of an option that takes a whole number from 1 to `highest`. */
export function wholeNumber(highest = 999_999_999): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= highest) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${highest}.`);
  };
}
