/** What our pprof files say besides samples: written by one file, read by another. */

export const ROUTE_LABEL = 'route';
export const PROCESS_LABEL = 'process';
/** Comments are for people; a `#` in front keeps `go tool pprof` from printing them above every report. */
export const COMMENT_KEYS = {
  run: '# run: ',
  requests: 'requests: ',
  route: '# route: ',
  routeRequests: '# requests: ',
  /** JSON, in the store's segments (src/store/figures-text.ts). */
  figures: '# figures: ',
} as const;
