import { useEffect, useRef } from 'react';
import classes from './Tips.module.css';

const patience = 250; // ms before a tip appears under a pointer that may only be passing
const grace = 120; // ms in which the pointer may go from the thing to its tip

/**
 * Shows the words of `data-tip` beside whatever has them, under the pointer and at the keyboard's focus. One for the
 * whole page, so that a thousand cards cost nothing. A tip repeats or explains; what readers of screens need to know
 * stands on the thing itself (aria-label, aria-description).
 */
export function Tips() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => (place.current ? watch(place.current) : undefined), []);
  return <div ref={place} popover="manual" className={classes.tip} aria-hidden="true" />;
}

function watch(tip: HTMLElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown: Element | undefined;
  const off = new AbortController();
  const later = (act: () => void, ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };
  const hide = () => {
    clearTimeout(timer);
    if (shown) tip.hidePopover();
    shown = undefined;
  };
  const show = (target: Element) => {
    const words = target.getAttribute('data-tip');
    if (!words || !target.isConnected) return;
    tip.textContent = words;
    if (!shown) tip.showPopover();
    shown = target;
    position(tip, target);
  };
  const on = <T extends keyof DocumentEventMap>(type: T, heard: (event: DocumentEventMap[T]) => void) => {
    document.addEventListener(type, heard, { signal: off.signal, capture: true, passive: true });
  };
  on('pointerover', ({ target, pointerType }) => {
    const over = tipped(target);
    if (over && over === shown) clearTimeout(timer);
    else if (over) later(() => show(over), pointerType === 'mouse' && !shown ? patience : 0);
    else if (target === tip) clearTimeout(timer);
    else if (shown) later(hide, grace);
    else clearTimeout(timer);
  });
  on('focusin', ({ target }) => {
    const on = tipped(target);
    if (on?.matches(':focus-visible')) show(on);
  });
  on('focusout', hide);
  on('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
  on('scroll', hide);
  return () => {
    off.abort();
    hide();
  };
}

function tipped(target: EventTarget | null): Element | undefined {
  return target instanceof Element ? (target.closest('[data-tip]') ?? undefined) : undefined;
}

/** Below the thing where there is room, else above; for what says so, at its right; never over the edge. */
function position(tip: HTMLElement, target: Element): void {
  const [at, size, margin] = [target.getBoundingClientRect(), tip.getBoundingClientRect(), 6];
  let left = at.left + (at.width - size.width) / 2;
  let top = at.bottom + margin;
  if (target.getAttribute('data-tip-side') === 'right') {
    left = at.right + margin;
    top = at.top + (at.height - size.height) / 2;
  } else if (top + size.height > window.innerHeight - margin) {
    top = at.top - size.height - margin;
  }
  tip.style.left = `${Math.max(margin, Math.min(left, window.innerWidth - size.width - margin))}px`;
  tip.style.top = `${Math.max(margin, top)}px`;
}
