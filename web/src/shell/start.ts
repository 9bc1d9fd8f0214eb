import { places } from './navigation';

// The page that is shown after signing in, where nobody wanted to go anywhere else. It belongs to the browser.

const place = 'lockstep.start';

export function startPage(): string {
  const kept = localStorage.getItem(place);
  return places.some(({ address }) => address === kept) && kept !== null ? kept : '/';
}

export function setStartPage(address: string): void {
  localStorage.setItem(place, address);
}
