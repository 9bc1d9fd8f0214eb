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
  already: (name, role) => `Anda masuk sebagai ${name} (${role})`,
  replaceByCode: (name, role) => `Alamat sekali pakai ini memasukkan ${name} (${role}). Masuk sebagai ${name}? Sebelum itu, alamatnya belum terpakai.`,
  replaceByToken: (name, role) => `Token ini milik ${name} (${role}). Masuk sebagai ${name}?`,
  replace: (name) => `Masuk sebagai ${name}`,
  stay: (name) => `Tetap ${name}`,
  codeFailed: 'Alamat sekali pakai sudah dipakai atau kedaluwarsa',
  codeAgain: 'Buat yang baru:',
};
