/** Types of node-versions.mjs, which stays plain JavaScript. */

export declare const NODE_MAJORS: readonly number[];
export declare const cannotInstallReason: string | null;
export declare function installNode(major: number): string | undefined;
