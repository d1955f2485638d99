/** A file's name from words of any language: what file systems refuse, and blanks, become dashes. */
export const fileName = (words: readonly string[], ending: string): string => {
  const parts = words.map((word) => word.replaceAll(/[^\p{L}\p{N}.]+/gu, "-").replaceAll(/^-+|-+$/g, ""));
  return `${parts.filter((part) => part !== "").join("-")}.${ending}`;
};

/** Hands a file to the browser's downloads. */
export function saveFile(name: string, content: string | Blob, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers read it only after the click was handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
