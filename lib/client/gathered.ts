/**
 * Gathers what comes in one go, and hands it on as one list, in its order, as soon as the task that brought it is over.
 * @returns what takes one, and how to leave it: what was gathered then is handed on no more
 */
export function gathered<T>(take: (items: T[]) => void): { add: (item: T) => void; stop: () => void } {
  let items: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    take(items.splice(0));
  };
  const add = (item: T) => {
    items.push(item);
    timer ??= setTimeout(flush);
  };
  const stop = () => {
    clearTimeout(timer);
    items = [];
  };
  return { add, stop };
}
