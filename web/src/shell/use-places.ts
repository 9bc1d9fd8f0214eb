import { useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';
import { places, type Place } from './navigation';

/** Says of an address whether a page answers to it. */
export function useAnswers(): (address: string) => boolean {
  const router = useRouter();
  return useMemo(() => (address: string) => router.getMatchedRoutes(address.split(/[?#]/)[0] ?? address)[2] !== undefined, [router]);
}

/** The places of the navigation whose pages there are. */
export function usePlaces(): readonly Place[] {
  const answers = useAnswers();
  return useMemo(() => places.filter((place) => answers(place.address)), [answers]);
}
