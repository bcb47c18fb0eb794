/** Finds the program of a store's threads, beside this module. It throws where the module does not know its place. */
export declare function threadFile(): URL;

/** The text that this program begins with. */
export declare const threadMark: string;
