"use client";
import { useMutation } from "@tanstack/react-query";
import { ConfirmDialog } from "./confirm-dialog.tsx";

type Asked = Omit<React.ComponentProps<typeof ConfirmDialog>, "isPending" | "error" | "onConfirm">;
type Props = Asked & {
  run: () => Promise<unknown>;
  /** Once it is done; the dialog closes by itself. */
  onDone: () => void;
};

/** Asks, carries it out, and closes once it is done; a failure is told in the dialog. */
export function ActDialog({ run, onDone, ...asked }: Props) {
  const act = useMutation({
    mutationFn: run,
    onSuccess: () => {
      onDone();
      asked.onClose();
    },
  });
  return <ConfirmDialog {...asked} isPending={act.isPending} error={act.error} onConfirm={() => act.mutate()} />;
}
