export interface Load {
  from: string;
  part: string;
  named: string[];
}
export const rooms: string[];
export function roomsOf(part: string): string[];
export function loads(): Load[];
export function fileOf(room: string): string;
