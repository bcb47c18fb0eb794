/** The environment of a process that a test starts: what it needs to run, and the cache that spares it most compiling. */
export const processEnv = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
};
