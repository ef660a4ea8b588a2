/**
 * The binary frame of the capture protocol (docs/CAPTURE-PROTOCOL.md): version, sequence u32, capture time u64, index u16 of
 * what was on the screen, link, all big endian; then one JPEG.
 */
export const FRAME_VERSION = 2;
export const LINK_BYTES = 16;
const LINK_AT = 15;
export const HEADER_BYTES = LINK_AT + LINK_BYTES;
export const MAX_JPEG_BYTES = 512 * 1024;

export interface FrameHead {
  /** Rises from 1. */
  readonly sequence: number;
  /** Milliseconds of the page's clock when the picture was taken. */
  readonly capturedAtMs: number;
  /** Of what was painted then; 0 before anything was. */
  readonly index: number;
}

/** Frames of one capture, each linked to the one before, so that none can be left out, put in or brought from elsewhere. */
export class FrameChain {
  #link: Promise<Uint8Array<ArrayBuffer>>;

  /** @param nonce the 16 bytes that the server drew for this capture */
  constructor(nonce: Uint8Array<ArrayBuffer>) {
    if (nonce.byteLength !== LINK_BYTES) throw new RangeError('nonce');
    this.#link = Promise.resolve(nonce);
  }

  /** The frame on the wire. Frames come out in the order in which they were asked for; a RangeError leaves the chain as it was. */
  async frame(head: FrameHead, jpeg: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const frame = unlinked(head, jpeg);
    const before = this.#link;
    this.#link = before.then((link) => linkAfter(link, frame));
    frame.set(await this.#link, LINK_AT);
    return frame;
  }
}

/** The frame with its link still zero. */
function unlinked({ sequence, capturedAtMs, index }: FrameHead, jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!isUnsigned(sequence, 0xffff_ffff)) throw new RangeError('sequence');
  if (!Number.isFinite(capturedAtMs) || capturedAtMs < 0) throw new RangeError('capture time');
  if (!isUnsigned(index, 0xffff)) throw new RangeError('index');
  if (jpeg.byteLength === 0 || jpeg.byteLength > MAX_JPEG_BYTES) throw new RangeError('jpeg');
  const frame = new Uint8Array(HEADER_BYTES + jpeg.byteLength);
  const header = new DataView(frame.buffer);
  header.setUint8(0, FRAME_VERSION);
  header.setUint32(1, sequence, false);
  header.setBigUint64(5, BigInt(Math.round(capturedAtMs)), false);
  header.setUint16(13, index, false);
  frame.set(jpeg, HEADER_BYTES);
  return frame;
}

/** SHA-256 over the link before, the header up to the link and the JPEG, cut to a link's length. */
async function linkAfter(link: Uint8Array, frame: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const linked = new Uint8Array(link.byteLength + frame.byteLength - LINK_BYTES);
  linked.set(link);
  linked.set(frame.subarray(0, LINK_AT), link.byteLength);
  linked.set(frame.subarray(HEADER_BYTES), link.byteLength + LINK_AT);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', linked)).slice(0, LINK_BYTES);
}

const isUnsigned = (value: number, most: number): boolean => Number.isInteger(value) && value >= 0 && value <= most;
