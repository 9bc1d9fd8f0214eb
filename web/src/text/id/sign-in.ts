import type { Texts } from '../texts';

export const signIn: Texts['signIn'] = {
  title: 'Masuk',
  says: 'Dengan token server ini, atau lewat alamat sekali pakai.',
  token: 'Token',
  tokenHint: 'Token dicetak oleh lockstep token create; yang pertama ada di berkas token dalam folder data server.',
  submit: 'Masuk',
  signingIn: 'Sedang masuk',
  withCode: 'Sedang masuk lewat alamat sekali pakai',
  easier: 'Lebih mudah: di mesin server, perintah ini membuka dasbor dan langsung masuk:',
  empty: 'Tempelkan token dahulu.',
  codeFailed: 'Alamat sekali pakai sudah dipakai atau kedaluwarsa',
  codeAgain: 'Buat yang baru:',
};
