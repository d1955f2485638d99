"use client";
import { useEffect, useRef, useState } from "react";

/** A page's height before it comes on screen: what scrolling meets is there already. */
const MARGIN = "400px";

/** Whether the element of `ref` was ever on screen, or close to it: what nobody has scrolled to need not be read or drawn. */
export function useSeen<T extends HTMLElement>(): { ref: React.RefObject<T | null>; isSeen: boolean } {
  const ref = useRef<T>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (isSeen || !ref.current) return;
    const see = () => setSeen(true);
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && see(), {
      rootMargin: MARGIN,
    });
    observer.observe(ref.current);
    // On paper everything is on screen.
    window.addEventListener("beforeprint", see);
    return () => {
      observer.disconnect();
      window.removeEventListener("beforeprint", see);
    };
  }, [isSeen]);
  return { ref, isSeen };
}
