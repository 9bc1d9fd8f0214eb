import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// `npm run dev` sends /api to a running server: LOCKSTEP_SERVER, with the token in LOCKSTEP_TOKEN. The token stays in
// this process: what is built knows nothing of it.
const server = process.env.LOCKSTEP_SERVER ?? 'http://127.0.0.1:7420';
const token = process.env.LOCKSTEP_TOKEN;

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: 'dist/site',
    emptyOutDir: true,
    manifest: true, // for build/budget.mjs, which takes it away again
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // the first with light-dark()
    assetsInlineLimit: 0, // a data: address would need a wider policy for fonts and scripts
    modulePreload: { polyfill: false }, // it would be an inline script
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: '127.0.0.1',
    fs: { allow: ['..'] }, // the JSON Schemas of sections are the server's own files
    proxy: { '/api': { target: server, headers: token ? { Authorization: `Bearer ${token}` } : {} } },
  },
});
