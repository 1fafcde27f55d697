// Starts the page: styles, words, who is here, then the first room.
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './style/tokens.css';
import './style/base.css';
import { mount } from 'svelte';
import App from './routes/App.svelte';
import { followLinks } from './state/route.svelte';
import { session } from './state/session.svelte';
import { setLanguage } from './text';

async function begin() {
  followLinks();
  await setLanguage(navigator.language).catch(() => {});
  await session.start().catch(() => {});
  const target = document.getElementById('app');
  if (target) mount(App, { target });
}

void begin();
