/**
 * Records in one map. The package's own memory adapter keeps the last thousand and, at each rotation, walks all tokens of
 * the grant; this one drops and walks nothing, so that the peer is measured and not its toy.
 */
const records = new Map();
/** Keys of what a grant gave, to end it. */
const ofGrant = new Map();

export class MapAdapter {
  constructor(model) {
    this.model = model;
  }

  #key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    const key = this.#key(id);
    records.set(key, payload);
    if (payload.grantId) {
      const given = ofGrant.get(payload.grantId);
      if (given) given.push(key);
      else ofGrant.set(payload.grantId, [key]);
    }
  }

  async find(id) {
    return records.get(this.#key(id));
  }

  async findByUid() {}

  async findByUserCode() {}

  async consume(id) {
    records.get(this.#key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    records.delete(this.#key(id));
  }

  async revokeByGrantId(grantId) {
    for (const key of ofGrant.get(grantId) ?? []) records.delete(key);
    ofGrant.delete(grantId);
  }
}
