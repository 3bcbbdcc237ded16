// A plain web host that is no relay: serves the bundle under a sub-path, uncompressed and without any header that it
// does not have to send. Its config.json names the relay.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { bundle } from './relay.mjs';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };
const path = '/pages/tacet/';

export class Host {
  static async start(relay) {
    const host = new Host();
    host.server = createServer(async (request, response) => {
      const name = new URL(request.url, 'http://host').pathname.slice(path.length) || 'index.html';
      if (name === 'config.json') return response.end(JSON.stringify({ relay: relay.socket }));
      const content = request.url.startsWith(path) && (await readFile(join(bundle, name)).catch(() => null));
      response.writeHead(content ? 200 : 404, { 'Content-Type': types[extname(name)] ?? 'application/octet-stream' });
      response.end(content || '');
    });
    await new Promise((resolve) => host.server.listen(0, '127.0.0.1', resolve));
    host.url = `http://127.0.0.1:${host.server.address().port}${path}`;
    return host;
  }

  end() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
