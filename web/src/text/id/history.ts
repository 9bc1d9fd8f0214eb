import type { Schema } from '~/api/client';
import type { Texts } from '../texts';

type Words = Schema<'HistoryWords'>;

const gone = 'lingkungan yang sudah tidak ada';
const where = (name = '') => (name === '' ? gone : name);
const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
const minute = (at: string | undefined) => (at ? `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC` : '');

/** The API's own words, as they stand in a sentence. */
const words: Partial<Record<string, string>> = {
  created: 'dibuat',
  changed: 'diubah',
  paused: 'dijeda',
  resumed: 'dilanjutkan',
  deleted: 'dihapus',
  approved: 'Menyetujui',
  rejected: 'Menolak',
  healthy: 'sehat',
  degraded: 'menurun',
  unhealthy: 'tidak sehat',
  unknown: 'tidak diketahui',
  pending: 'menunggu',
  firing: 'aktif',
  resolved: 'selesai',
};
const decided: Partial<Record<string, string>> = { ...words, resumed: 'Melanjutkan', promoted: 'Meneruskan', aborted: 'Membatalkan' };
const say = (word = '') => words[word] ?? word;

const acts: Record<Exclude<Words['act'], undefined>, (w: Words) => string> = {
  deployment: (w) => `deployment ${w.version ?? ''} ke ${where(w.environment)}`,
  rollback: (w) => `pengembalian ${where(w.environment)} ke ${w.version ?? ''}`,
  switch: (w) => `pengalihan ke ${where(w.environment)}`,
  drill: (w) => `latihan pengalihan ke ${where(w.environment)}`,
  sync: (w) => `sinkronisasi konfigurasi ke ${where(w.environment)}`,
  destruction: (w) => `penghancuran ${where(w.environment)}`,
  scaling: (w) => `penskalaan ${where(w.environment)}`,
  maintenance_on: (w) => `awal pemeliharaan ${where(w.environment)}`,
  maintenance_off: (w) => `akhir pemeliharaan ${where(w.environment)}`,
  service_on: (w) => `penyalaan ${w.service ?? ''} di ${where(w.environment)}`,
  service_off: (w) => `pematian ${w.service ?? ''} di ${where(w.environment)}`,
  stop: (w) => `penghentian ${where(w.environment)}`,
  start: (w) => `penyalaan ${where(w.environment)}`,
  retire: (w) => `pengarsipan ${where(w.environment)}`,
};
const act = (w: Words) => (w.act ? acts[w.act](w) : `operasi pada ${where(w.environment)}`);

function applied({ created = 0, changed = 0, deleted = 0 }: Words): string {
  const parts = [created > 0 && `${created} dibuat`, changed > 0 && `${changed} diubah`, deleted > 0 && `${deleted} dihapus`].filter(Boolean);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

function enumerated(names: readonly string[]): string {
  return (names.length > 5 ? [...names.slice(0, 5), `dan ${names.length - 5} lainnya`] : names).join(', ');
}

function counted(replicas: Readonly<Record<string, number>>): string {
  const parts = Object.keys(replicas).sort().map((service) => `${service} menjadi ${replicas[service] ?? 0}`);
  return parts.length > 0 ? `: ${parts.join(', ')}` : '';
}

export const history: Texts['history'] = {
  sentences: {
    operation_waits_for_turn: (w) => `${capital(act(w))} menunggu giliran`,
    operation_waits_for_time: (w) => `${capital(act(w))} menunggu waktunya, ${minute(w.at)}`,
    operation_waits_for_approval: (w) => `${capital(act(w))} menunggu persetujuan`,
    operation_under_way: (w) => `${capital(act(w))} sedang berjalan`,
    operation_failed: (w) => `${capital(act(w))} gagal`,
    operation_cancelled: (w) => `${capital(act(w))} dibatalkan`,
    operation_rolled_back: (w) => `${capital(act(w))} digulung balik`,
    operation_completed: (w) => `Menyelesaikan ${act(w)}`,
    operation_approved: (w) => `Menyetujui ${act(w)}`,
    operation_cancel_asked: (w) => `Meminta pembatalan ${act(w)}`,
    operation_pause_asked: (w) => `Meminta jeda ${act(w)}`,
    operation_paused: (w) => `${capital(act(w))} dijeda sebelum ${w.step ?? ''}`,
    operation_resumed: (w) => `Melanjutkan ${act(w)}`,
    operation_waits_for_another: (w) => `${capital(act(w))} menunggu operasi lain`,
    operation_waits_for_live: (w) => `${capital(act(w))} menunggu alamat langsung, yang sedang dipindahkan operasi lain`,
    operation_moved: (w) => `Memindahkan ${act(w)} ke ${w.to ?? ''}`,
    step_decided: (w) => `${decided[w.word ?? ''] ?? capital(w.word ?? '')} ${act(w)} pada ${w.step ?? ''}`,
    deployed: (w) => `${w.version ?? ''} dipasang ke ${where(w.environment)}`,
    promoted: (w) => `Mempromosikan ${w.version ?? ''} dari ${w.from ?? ''} ke ${where(w.environment)}`,
    brought_back: (w) => `Mengembalikan ${where(w.environment)} ke ${w.version ?? ''}`,
    switched: (w) => (w.from ? `Mengalihkan alamat langsung dari ${w.from} ke ${w.to ?? ''}` : `Mengalihkan alamat langsung ke ${w.to ?? ''}`),
    rehearsed: (w) => `Melatih pengalihan ke ${w.to ?? ''}`,
    synced: (w) => (w.from ? `Menyinkronkan konfigurasi ${w.from} ke ${w.to ?? ''}` : `Menyinkronkan konfigurasi ${where(w.environment)}`),
    destroyed: (w) => `Menghancurkan ${where(w.environment)}`,
    stopped: (w) => `Menghentikan ${where(w.environment)}`,
    started: (w) => `Menyalakan ${where(w.environment)}`,
    scaled: (w) => `Menskalakan ${where(w.environment)}${counted(w.replicas ?? {})}`,
    maintenance_began: (w) => `Memulai pemeliharaan ${where(w.environment)}`,
    maintenance_ended: (w) => `Mengakhiri pemeliharaan ${where(w.environment)}`,
    service_on: (w) => `Menyalakan ${w.service ?? ''} di ${where(w.environment)}`,
    service_off: (w) => `Mematikan ${w.service ?? ''} di ${where(w.environment)}`,
    environment_created: (w) => `Membuat ${where(w.environment)}`,
    environment_changed: (w) => `Mengubah catatan tentang ${where(w.environment)}`,
    environment_removed: (w) => `Menghapus ${where(w.environment)}`,
    current_changed: (w) => `Alamat langsung menuju ${where(w.to)}`,
    current_nowhere: () => 'Alamat langsung tidak menuju ke mana pun',
    matrix_applied: (w) => `Menerapkan versi ${w.version ?? ''} matriks${applied(w)}`,
    configuration_changed: (w) => `Mengubah konfigurasi ${where(w.environment)} (versi ${w.version ?? ''})`,
    sync_undone: (w) => `Mengurungkan sinkronisasi konfigurasi ke ${where(w.environment)}`,
    template_changed: (w) => `Templat ${w.name ?? ''} ${say(w.word)}`,
    secrets_read: (w) => `Membaca rahasia ${where(w.environment)}: ${enumerated(w.names ?? [])}`,
    secret_revoked: (w) => `Mencabut versi ${w.version ?? ''} rahasia ${w.name ?? ''}`,
    key_asked: () => 'Meminta kunci baru untuk rahasia',
    key_rotated: (w) => `Semua rahasia disegel dengan kunci baru (${w.name ?? ''})`,
    token_made: (w) => `Membuat token ${w.name ?? ''} dengan peran ${w.word ?? ''}`,
    token_revoked: (w) => `Mencabut token ${w.name ?? ''}`,
    token_signed_out: (w) => `Mengakhiri sesi token ${w.name ?? ''}`,
    release_created: (w) => `Membuat rilis ${w.version ?? ''}`,
    schedule_changed: (w) => `Jadwal ${w.name ?? ''} ${say(w.word)}`,
    schedule_fired: (w) => `Jadwal ${w.name ?? ''} berjalan untuk ${where(w.environment)}`,
    health_changed: (w) => `${capital(w.service ?? '')} di ${where(w.environment)} ${say(w.to)}${w.from ? `, sebelumnya ${say(w.from)}` : ''}`,
    alert_changed: (w) => `Peringatan ${w.name ?? ''} di ${where(w.environment)} ${say(w.to)}`,
    alert_taken: (w) => `Menangani peringatan ${w.name ?? ''} di ${where(w.environment)}`,
  },
};
