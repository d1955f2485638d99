import classes from "./api-reference.module.css";

/** The little Markdown that descriptions of the API have: paragraphs, `code` and **strong**. */
export function MarkedText({ text }: { text: string }) {
  return text.split(/\n{2,}/).map((paragraph) => (
    <p key={paragraph} className={classes.text}>
      {paragraph.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part, at) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text that never changes
        if (part.startsWith("`")) return <code key={at}>{part.slice(1, -1)}</code>;
        // biome-ignore lint/suspicious/noArrayIndexKey: the same
        if (part.startsWith("**")) return <strong key={at}>{part.slice(2, -2)}</strong>;
        return part;
      })}
    </p>
  ));
}
