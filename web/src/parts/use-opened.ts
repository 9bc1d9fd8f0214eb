import { useLayoutEffect, useRef, type RefObject } from 'react';

/** Takes the focus over from the field that stood here: before the letter arrives whose key made it come. */
export function useOpened(opened: boolean): RefObject<HTMLDivElement | null> {
  const around = useRef<HTMLDivElement>(null);
  const first = useRef(opened);
  useLayoutEffect(() => {
    if (first.current) around.current?.querySelector('input')?.focus();
  }, []);
  return around;
}
