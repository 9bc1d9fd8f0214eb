import { map } from './map';
import { overview } from './overview';
import { parts } from './parts';
import { shell } from './shell';
import { signIn } from './sign-in';

export const en = { shell, parts, signIn, overview, map };
