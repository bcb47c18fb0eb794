/** The program of a store's threads. */
export declare const threadFile: URL;
