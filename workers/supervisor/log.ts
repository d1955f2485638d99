// The supervisor speaks to the person at the terminal: plain lines, not JSON. (control and proxies log JSON.)
export const say = (text: string): void => void process.stdout.write(`[gemini-balance] ${text}\n`);
export const warn = (text: string): void => void process.stderr.write(`[gemini-balance] ${text}\n`);
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
