/** Who starts a process together with others. */

export type Starter =
  /** The parent is the primary of a cluster. */
  | { readonly kind: 'cluster' }
  /** The parent is pm2's daemon, which runs many apps; the name is the app's. */
  | { readonly kind: 'pm2'; readonly name: string }
  /** The parent is a Node.js process that holds a channel to this one. */
  | { readonly kind: 'fork' }
  | { readonly kind: 'none' };
