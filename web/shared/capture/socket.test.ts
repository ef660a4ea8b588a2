import { beforeEach, describe, expect, it } from 'vitest';
import { visit } from '../api/visit';
import type { Answer } from './answers';
import { overSocket, type Socket, socketAddress } from './socket';
import type { Transport } from './transport';

class FakeSocket implements Socket {
  binaryType = '';
  readyState = 1;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  sent: (string | Uint8Array)[] = [];

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  hears(answer: unknown): void {
    this.onmessage?.({ data: JSON.stringify(answer) });
  }
}

const CAMERA = { label: 'FaceTime HD Camera', width: 640, height: 480, frame_rate: 30 };
const READY = { type: 'ready', nonce: 'AAECAwQFBgcICQoLDA0ODw', seconds: 90 };
const FRAME = Uint8Array.of(2);

let socket: FakeSocket;
let heard: Answer[];
let gone: number;
let transport: Transport;

beforeEach(() => {
  socket = new FakeSocket();
  heard = [];
  gone = 0;
  const ears = { heard: (answer: Answer) => void heard.push(answer), gone: () => void (gone += 1) };
  transport = overSocket(socket, { camera: CAMERA }, ears);
});

describe('a capture over a WebSocket', () => {
  it('says that it gives up before it closes', () => {
    socket.hears(READY);
    transport.giveUp();
    expect([socket.sent.at(-1), socket.readyState]).toEqual([JSON.stringify({ type: 'give_up' }), 3]);
    transport.giveUp();
    expect(socket.sent.length).toBe(2);
  });

  it('says of its camera what the browser says, once it may and before any frame', () => {
    expect(socket.sent).toEqual([]);
    socket.hears(READY);
    transport.send(FRAME);
    expect(socket.sent).toEqual([JSON.stringify({ type: 'camera', ...CAMERA }), FRAME]);
  });

  it('says nothing of a camera that is not known', () => {
    overSocket(socket, { camera: null }, { heard: () => {}, gone: () => {} });
    socket.hears(READY);
    expect(socket.sent).toEqual([]);
  });

  it('tells when it is gone, and sends nothing into it', () => {
    socket.close();
    transport.send(FRAME);
    expect([gone, socket.sent]).toEqual([1, []]);
  });

  it('passes over what it does not understand', () => {
    socket.onmessage?.({ data: 'not json' });
    socket.hears({ type: 'news' });
    expect(heard).toEqual([]);
  });

  it('opens at the address of the page, in its language, with colours or without', () => {
    const at = (lights: boolean, page: string) => socketAddress({ locale: 'kk', lights }, page).href;
    expect(at(true, 'https://a.example/verify/')).toBe('wss://a.example/api/player/capture?ui_locales=kk');
    expect(at(false, 'http://localhost:8/verify/')).toBe('ws://localhost:8/api/player/capture?ui_locales=kk&lights=off');
  });

  it('says whose visit it is, once that is known', () => {
    visit.show('dmlzaXQ');
    expect(socketAddress({ locale: 'kk', lights: true }, 'https://a.example/').searchParams.get('visit')).toBe('dmlzaXQ');
    visit.forget();
    expect(socketAddress({ locale: 'kk', lights: true }, 'https://a.example/').searchParams.has('visit')).toBe(false);
  });
});
