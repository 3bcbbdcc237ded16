// The vault file in a profile's IndexedDB, changed behind the app's back (src/vault/README.md, src/browser/README.md).
// The page must be of the same origin and must not run the app.
import sodium from 'libsodium-wrappers-sumo';

await sodium.ready;

async function access(page, replacement) {
  return page.evaluate(async (bytes) => {
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const { name } = (await indexedDB.databases()).find((each) => each.name.startsWith('/tacet-'));
    const db = await done(indexedDB.open(name));
    const store = db.transaction('FILE_DATA', 'readwrite').objectStore('FILE_DATA');
    const key = `${name}/vault`;
    const record = await done(store.get(key));
    if (bytes) await done(store.put({ ...record, contents: new Uint8Array(bytes) }, key));
    db.close();
    return Array.from(record.contents);
  }, replacement);
}

// Both halves get this format version, with checksums that fit.
export async function setVersion(page, version) {
  const file = Buffer.from(await access(page));
  for (const half of [file.subarray(0, file.length / 2), file.subarray(file.length / 2)]) {
    half.writeUInt16LE(version, 8);
    Buffer.from(sodium.crypto_generichash(32, half.subarray(0, -32))).copy(half, half.length - 32);
  }
  await access(page, [...file]);
}
