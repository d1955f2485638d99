// Hashes of short texts into unsigned 32 bits: FNV-1a over UTF-16 code units, then MurmurHash3's finaliser, because FNV
// alone spreads its last characters poorly. Every process computes the same value, so a key finds the same node.

export function hashText(text: string, seed = 0): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
