/** One message of a stream, as one reader understands it. Names and values of fields by turns, as Node's `rawHeaders`. */
export interface Message {
  /** Method and target, or status and reason. */
  line: string;
  fields: string[];
  body: string;
  trailers: string[];
}

export interface Reading {
  messages: Message[];
  /**
   * What became of the stream behind the last whole message: nothing was left; the sender asked to close, so the rest does
   * not count; something is missing; something was refused.
   */
  end: "clean" | "closed" | "unfinished" | "refused";
}
