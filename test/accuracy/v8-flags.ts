/** What the servers of this folder are started with. */

/**
 * Two things that V8's profiler does are no subject of this test. It books part of an inlined function's time on the function that it was
 * inlined into (`node --cpu-prof` shows the same). And on a very busy machine frames of optimized code went missing for seconds, in 3 of 10
 * runs, in none of 7 without on-stack replacement. Small functions with long loops, as the planted ones, are what it takes for both.
 */
export const V8_FLAGS: readonly string[] = ['--no-turbo-inlining', '--no-maglev-inlining', '--no-use-osr'];
