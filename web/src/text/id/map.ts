import type { Texts } from '../texts';

export const map: Texts['map'] = {
  title: 'Peta lingkungan',
  what: 'peta',
  environment: 'Lingkungan',
  view: { label: 'Tampilan', map: 'Peta', list: 'Daftar' },
  users: 'Pengguna',
  graph: (environment) => `Peta ${environment}: pengguna, layanan, dan yang dibutuhkannya`,
  ready: (ready, desired) => `${ready} dari ${desired} siap`,
  requests: (n) => `${n}/dtk`,
  requestsLong: (n) => `${n} permintaan/dtk`,
  errors: (n) => `${n} galat/dtk`,
  disabled: 'dimatikan',
  outside: 'di luar, tidak dijalankan Lockstep',
  kinds: { route: 'menuju', depends_on: 'membutuhkan', uses: 'memakai' },
  unmeasured: 'Permintaan dihitung di tempat masuknya. Panggilan antarlayanan tidak diukur.',
  empty: {
    title: 'Belum ada lingkungan untuk digambar',
    says: 'Lingkungan berasal dari berkas matriks. Catat satu:',
    command: 'lockstep apply -f environment-matrix.yaml',
  },
  bare: { title: 'Tidak ada layanan di sini', says: 'Matriks tidak menyebut layanan untuk lingkungan ini. Layanan ditulis di sana:', command: 'lockstep export' },
  idle: { title: 'Belum ada yang berjalan di sini', says: 'Isi sebuah lingkungan dapat digambar setelah sebuah rilis dibawa ke sana:', command: (environment) => `lockstep deploy ${environment} 1.0.0` },
  unknown: 'Yang berjalan tidak dapat ditanyakan:',
};
