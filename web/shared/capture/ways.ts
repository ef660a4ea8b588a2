import { firstWay } from './first-way';
import { openPosts } from './posts';
import { openSocket } from './socket';
import type { CaptureRequest, Open, Way } from './transport';

const BLOCKED = 'rastau.sockets-blocked';

/** Opens a capture: over a WebSocket, and where that does not get through, over HTTPS, from then on for this whole visit. */
export function openCapture(request: CaptureRequest): Open {
  const socket: Way = { kind: 'socket', open: (ears) => openSocket(request, ears) };
  const posts: Way = { kind: 'posts', open: (ears) => openPosts(request, ears) };
  if (socketsBlocked()) return firstWay([posts]);
  // Twice: a service that is just being replaced closes once.
  return firstWay([socket, socket, posts], ({ kind }) => {
    if (kind === 'posts') rememberBlocked();
  });
}

// A browser may keep no storage at all for this page; then the socket is tried again each time.
function socketsBlocked(): boolean {
  try {
    return sessionStorage.getItem(BLOCKED) !== null;
  } catch {
    return false;
  }
}

function rememberBlocked(): void {
  try {
    sessionStorage.setItem(BLOCKED, '1');
  } catch {
    // See above.
  }
}
