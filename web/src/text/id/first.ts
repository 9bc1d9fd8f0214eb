import type { Texts } from '../texts';

export const first: Texts['first'] = {
  title: 'Belum ada proyek',
  elsewhere: 'Yang dimaksud alamat ini adalah bagian dari sebuah proyek, dan di server ini belum ada proyek.',
  before: 'Pertama, catat lingkungan apa saja yang ada dan apa yang berjalan di dalamnya:',
  apply: 'lockstep apply -f environment-matrix.yaml',
  all: 'Semua langkah pertama, dengan matriks untuk memulai',
  matrix: 'Tuliskan apa yang berjalan di mana, dalam berkas bernama environment-matrix.yaml. Ini cukup untuk memulai:',
  copyMatrix: 'Salin matriks',
  pages: {
    map: {
      says: 'Peta menggambarkan sebuah lingkungan: layanannya, apa yang dibutuhkannya, dan ke mana permintaan diarahkan.',
      then: 'Lalu bawa sebuah rilis ke sana, dan ada yang dapat digambar:',
      command: 'lockstep deploy development 1.0.0',
    },
    environments: {
      says: 'Lingkungan adalah tempat semua layanan Anda berjalan bersama: pengembangan, staging, produksi. Matriks menyebutkannya.',
      then: 'Lalu semuanya tampil di sini. Di baris perintah:',
      command: 'lockstep list',
    },
    releases: {
      says: 'Rilis adalah satu versi dari semua layanan, dibuat sekali, lalu dibawa apa adanya dari lingkungan ke lingkungan.',
      then: 'Lalu buat satu dari hasil build:',
      command: 'lockstep release create 1.0.0',
    },
    compare: {
      says: 'Dua lingkungan berdampingan: apa bedanya, mengapa, dan apa yang perlu dibawa.',
      then: 'Lalu bandingkan dua di antaranya:',
      command: 'lockstep diff development production',
    },
    approvals: {
      says: 'Bila sebuah lingkungan meminta persetujuan, deployment menunggu di sini sampai orang kedua memutuskan.',
      then: 'Lalu deploy ke lingkungan yang memintanya (approvals: {required: true} di matriks):',
      command: 'lockstep deploy production 1.0.0',
    },
    schedules: {
      says: 'Deployment dapat menunggu waktunya, atau dibuat menurut aturan: setiap malam, setiap Selasa pukul sembilan.',
      then: 'Lalu buat sebuah aturan:',
      command: 'lockstep schedule create nightly --environment development --rule "0 2 * * 1-5"',
    },
    templates: {
      says: 'Templat adalah asal konfigurasi banyak lingkungan. Beberapa sudah disertakan di Lockstep.',
      then: 'Lalu lihat apa saja yang ada:',
      command: 'lockstep template list',
    },
    activity: {
      says: 'Segala yang terjadi pada sebuah proyek dicatat di sini: siapa melakukan apa, di mana, dan apa hasilnya.',
      then: 'Itulah hal pertama yang terjadi. Di baris perintah:',
      command: 'lockstep history',
    },
  },
};
