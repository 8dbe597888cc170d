/** V8's flags that say what it may optimise. */

/** With and without `no`, dashes or underscores; not what only begins alike, such as `--optimize-for-size`. */
const OPTIMIZER_FLAG =
  /(?:^|\s)--(?:(?:no[-_]?)?(?:opt|turbofan|jitless)(?![-_\w])|(?:turbo|maglev)[-_]filter(?![-_\w])|minimum[-_]invocations[-_])/;

/** @param flags a command line. @returns whether whoever wrote it has decided what V8 optimises. */
export function decidesOptimizer(flags: string): boolean {
  return OPTIMIZER_FLAG.test(flags);
}
