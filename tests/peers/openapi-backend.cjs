// Says of each request on the standard input whether openapi-backend takes it.
const { OpenAPIBackend } = require('openapi-backend');
const fs = require('node:fs');

async function main() {
  const definition = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
  const api = new OpenAPIBackend({
    definition,
    quick: true,
    coerceTypes: true,
    ajvOpts: { strict: false },
    handlers: { validationFail: () => false, notFound: () => false, methodNotAllowed: () => false },
  });
  for (const item of Object.values(definition.paths)) {
    for (const operation of Object.values(item)) {
      if (operation.operationId) api.register(operation.operationId, () => true);
    }
  }
  api.register('notImplemented', () => true);
  await api.init();
  for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const { method, target, fields, body } = JSON.parse(line);
    const headers = {};
    for (const [name, value] of fields) {
      const key = name.toLowerCase();
      headers[key] = key in headers ? `${headers[key]},${value}` : value;
    }
    let parsed = body ?? undefined;
    if (typeof body === 'string' && (headers['content-type'] || '').includes('urlencoded')) {
      // As express.urlencoded() and fastify/formbody do it.
      parsed = {};
      for (const [name, value] of new URLSearchParams(body)) {
        const nested = /^([^[]+)\[([^\]]+)\]$/.exec(name);
        if (nested) (parsed[nested[1]] ??= {})[nested[2]] = value;
        else if (name in parsed) parsed[name] = [].concat(parsed[name], value);
        else parsed[name] = value;
      }
    }
    let verdict = false;
    try {
      verdict = await api.handleRequest({ method, path: target, headers, body: parsed });
    } catch {
      verdict = false;
    }
    console.log(verdict === true);
  }
}

main();
