// What the running supervisor is told to do: one JSON line over a Unix socket in the data directory, answered by lines of
// progress and a last one that says how it ended. Who may open the socket owns the data directory.
import fs from "node:fs";
import net from "node:net";
import readline from "node:readline";
import { z } from "zod";
import { messageOf } from "./faults.ts";

export const Command = z.strictObject({
  command: z.literal("reload"),
  /** Proxy processes from now on; left out: as many as before. */
  processes: z.int().min(1).max(256).optional(),
});
export type Command = z.infer<typeof Command>;

const Reply = z.union([z.strictObject({ say: z.string() }), z.strictObject({ ended: z.string().nullable() })]);
type Reply = z.infer<typeof Reply>;

const MAX_LINE = 4_096;
const READ_WITHIN_MS = 5_000;

/** Carries a command out, telling how it goes. @throws {Error} when it fails. */
export type CarryOut = (command: Command, tell: (text: string) => void) => Promise<void>;

/** Takes commands, one at a time, until it is closed. */
export function listenForCommands(file: string, carryOut: CarryOut): Promise<net.Server> {
  let busy = false;
  const act = async (line: string, tell: (text: string) => void): Promise<string | null> => {
    if (busy) return "another command is being carried out";
    busy = true;
    try {
      await carryOut(Command.parse(JSON.parse(line)), tell);
      return null;
    } catch (error) {
      return messageOf(error);
    } finally {
      busy = false;
    }
  };
  const server = net.createServer((socket) => {
    const reply = (message: Reply) => socket.writable && socket.write(`${JSON.stringify(message)}\n`);
    socket.on("error", () => {}); // who asked went away; the command goes on
    void firstLine(socket).then(async (line) => {
      if (line !== null) reply({ ended: await act(line, (say) => reply({ say })) });
      socket.end();
    });
  });
  fs.rmSync(file, { force: true }); // left by one that was killed: the data directory is ours
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(file, () => {
      fs.chmodSync(file, 0o600);
      resolve(server);
    });
  });
}

/** The first line a client sends; null when it sends none in time, or too much. */
function firstLine(socket: net.Socket): Promise<string | null> {
  return new Promise((resolve) => {
    let text = "";
    const timer = setTimeout(() => socket.destroy(), READ_WITHIN_MS);
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > MAX_LINE) socket.destroy();
      if (end >= 0) clearTimeout(timer);
    });
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(null);
    });
  });
}

/**
 * Has the supervisor of the data directory carry out a command.
 * @throws {Error} when none listens, or with what the command failed of.
 */
export async function sendCommand(file: string, command: Command, tell: (text: string) => void): Promise<void> {
  const socket = net.connect(file);
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  socket.write(`${JSON.stringify(command)}\n`);
  for await (const line of readline.createInterface({ input: socket })) {
    const reply = Reply.parse(JSON.parse(line));
    if ("say" in reply) tell(reply.say);
    else if (reply.ended === null) return;
    else throw new Error(reply.ended);
  }
  throw new Error("the supervisor ended before the command did");
}
