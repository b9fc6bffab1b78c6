// Certificates for tests: an authority, and what it signs with the dates one asks for.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const run = (args, cwd) => execFileSync('openssl', args, { cwd, stdio: 'pipe' });
const new_key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export class Authority {
  constructor(dir) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    this.cert = join(dir, 'ca.crt');
    run(['req', '-x509', ...new_key, '-days', '3650', '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=test authority'], dir);
    writeFileSync(join(dir, 'index.txt'), '');
    const policy = '[p]\ncommonName = supplied\n';
    writeFileSync(join(dir, 'ca.cnf'), `[ca]\ndefault_ca = d\n[d]\ndatabase = index.txt\nnew_certs_dir = .\ndefault_md = sha256\npolicy = p\nrand_serial = yes\nunique_subject = no\n${policy}`);
  }

  /** {cert, key} for `name`; `from` and `to` as YYYYMMDD. */
  issue(name, { from = '20200101', to = '20400101' } = {}) {
    const file = `${name}-${from}-${to}`;
    const names = `subjectAltName=${/^[\d.]+$/.test(name) ? 'IP' : 'DNS'}:${name}`;
    writeFileSync(join(this.dir, `${file}.ext`), `${names}\n`);
    run(['req', ...new_key, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', `/CN=${name}`], this.dir);
    const dates = ['-startdate', `${from}000000Z`, '-enddate', `${to}000000Z`];
    run(['ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key', ...dates, '-extfile', `${file}.ext`, '-in', `${file}.csr`, '-out', `${file}.crt`], this.dir);
    return { cert: join(this.dir, `${file}.crt`), key: join(this.dir, `${file}.key`) };
  }
}
