/** The program of the writer thread. */
export declare const threadFile: URL;
