import { AppFrame } from "#components/shell/app-frame.tsx";

export default function SignedInLayout({ children }: { children: React.ReactNode }) {
  return <AppFrame>{children}</AppFrame>;
}
