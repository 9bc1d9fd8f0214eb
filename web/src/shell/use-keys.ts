import { useEffect } from 'react';
import type { Command } from './commands';

const patience = 1200; // ms between the keys of a sequence

/** Runs commands by their keys: single ones ("d") and sequences ("g o"). Keys are the letters that are typed. */
export function useKeys(commands: readonly Command[]): void {
  useEffect(() => {
    let typed: string[] = [];
    let at = 0;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || busy(event.target)) return;
      if (event.key.length !== 1) return;
      if (event.timeStamp - at > patience) typed = [];
      at = event.timeStamp;
      typed = [...typed, event.key].slice(-2);
      const found = commands.find(({ keys }) => keys === typed.join(' ')) ?? commands.find(({ keys }) => keys === event.key);
      if (!found) return;
      typed = [];
      event.preventDefault();
      found.run();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [commands]);
}

/** Somebody types, or a dialog is open. */
function busy(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"]')) return true;
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}
