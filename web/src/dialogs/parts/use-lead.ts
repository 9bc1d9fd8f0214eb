import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Closes the dialog and goes to what it began: `lead(addresses.deployment(id))`. The project goes along by itself. */
export function useLead(): (address: string) => void {
  const navigate = useNavigate();
  return useCallback((address) => void navigate({ to: address, search: {} as never }), [navigate]);
}
