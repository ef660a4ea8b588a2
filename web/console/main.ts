import '../shared/styles/base.css';
import '../shared/styles/controls.css';
import './desk.css';
import { mount } from 'svelte';
import App from './App.svelte';

const target = document.getElementById('app');
if (target) mount(App, { target });
