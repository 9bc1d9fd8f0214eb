// The palette is loaded when somebody first asks for it; whoever opens it does not know it.

const asking = new EventTarget();

export function openPalette(): void {
  asking.dispatchEvent(new Event('open'));
}

export function onOpenPalette(listener: () => void): () => void {
  asking.addEventListener('open', listener);
  return () => asking.removeEventListener('open', listener);
}
