/** What the sealed private key of a certificate belongs to (lib/store/sealing.ts). */
export const certificateOwner = (id: string): string => `certificate:${id}`;
