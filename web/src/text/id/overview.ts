import type { Texts } from '../texts';

export const overview: Texts['overview'] = {
  title: 'Ikhtisar',
  what: 'lingkungan',
  pipeline: 'Alur',
  previews: 'Pratinjau dan lainnya',
  standby: 'Pemulihan bencana',
  currentBanner: {
    title: 'Lingkungan aktif',
    none: 'Belum ada lingkungan aktif',
    noneSays: 'Lingkungan produksi pertama yang menerima deploy menjadi yang aktif. Yang lain mengambil alih lewat switch.',
    adrift: 'Tidak diketahui di mana para pengguna: sebuah switch gagal dan tidak dapat dikembalikan. Lakukan switch lagi untuk memutuskannya.',
    since: 'sejak',
  },
  empty: {
    title: 'Belum ada lingkungan',
    says: 'Lingkungan berasal dari berkas matriks. Tulis satu, atau ambil contoh, lalu terapkan:',
    command: 'lockstep apply -f environment-matrix.yaml',
  },
  card: {
    version: 'Versi',
    health: 'Kesehatan',
    ready: (ready, desired) => `${ready} dari ${desired} instans siap`,
    score: (score) => `${score} % sehat`,
    scoreShort: (score) => `${score} %`,
    ahead: (n, from) => `${n} rilis lebih maju di ${from}`,
    upToDate: (from) => `setara dengan ${from}`,
    lastDeployed: 'Deploy',
    by: (who) => `oleh ${who}`,
    never: 'Belum pernah deploy',
    requests: (n) => `${n} permintaan/dtk`,
    users: (n) => `${n} pengguna aktif`,
    underWay: 'sedang berlangsung',
    stopped: 'berhenti',
  },
};
