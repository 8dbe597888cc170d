/** The style sheet is the build's to read. */
declare module '*.css';
