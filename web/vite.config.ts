import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// STUDIO_URL points the development server at a running studio.
const studio = process.env.STUDIO_URL ?? 'https://localhost:8443';
const proxy = { target: studio, changeOrigin: true, secure: false };

export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': proxy, '/healthz': proxy, '/readyz': proxy } },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    manifest: true,
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0]);
