// A mosquitto of our own: plain MQTT for the agent, WebSockets and the viewer page for browsers.
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { find_program, page_dir } from './paths.mjs';
import { Child } from './process.mjs';
import { free_port, until_listening } from './ports.mjs';

export class Broker {
  /**
   * `dir` is a folder for its files; ports default to free ones; `listen` is where browsers reach it,
   * `mqtt_listen` where agents do.
   * With `page` the built viewer page is served by the broker itself. Started by root it stays root, so that the
   * kernel's promise to end it with us holds, unless `drop_privileges`.
   */
  static async start({ dir, mqtt_port, web_port, mqtt_listen = '127.0.0.1', listen = '127.0.0.1', page = true, drop_privileges = false, more = [] }) {
    const broker = new Broker();
    broker.dir = dir;
    broker.listen = listen;
    broker.mqtt_listen = mqtt_listen;
    broker.drop_privileges = drop_privileges;
    broker.more = more; // lines of configuration
    broker.mqtt_port = mqtt_port ?? (await free_port());
    broker.web_port = web_port ?? (await free_port(listen));
    if (page) broker.#copy_page();
    broker.config = join(dir, 'mosquitto.conf');
    writeFileSync(broker.config, broker.#configuration(page), { mode: 0o644 });
    await broker.resume();
    return broker;
  }

  get mqtt_url() {
    return `mqtt://${this.mqtt_listen}:${this.mqtt_port}`;
  }

  get page_url() {
    return `http://${this.listen}:${this.web_port}/`;
  }

  get web_socket_url() {
    return `ws://${this.listen}:${this.web_port}/`;
  }

  /** Starts (again) with the same configuration and ports. */
  async resume() {
    const program = find_program('mosquitto');
    if (!program) throw new Error('mosquitto is not installed');
    this.process = new Child('mosquitto', program, ['-c', this.config], { log_file: join(this.dir, 'mosquitto.log') });
    await until_listening(this.mqtt_listen, this.mqtt_port, this.process);
    await until_listening(this.listen, this.web_port, this.process);
  }

  async stop(options) {
    await this.process.stop(options);
  }

  // A copy, because mosquitto started by root reads files as a user of its own, who may not enter our folders.
  #copy_page() {
    const source = join(page_dir, 'index.html');
    if (!existsSync(source)) throw new Error('the viewer page is not built: npm --prefix signaling/viewer run build');
    mkdirSync(join(this.dir, 'page'), { mode: 0o755 });
    copyFileSync(source, join(this.dir, 'page/index.html'));
  }

  #configuration(page) {
    return [
      ...(this.drop_privileges ? [] : ['user root']),
      'allow_anonymous true',
      'persistence false',
      'log_dest stderr',
      'set_tcp_nodelay true',
      ...this.more,
      // mosquitto refuses to start with WebSockets listeners only, and the agent speaks plain MQTT anyway.
      `listener ${this.mqtt_port} ${this.mqtt_listen}`,
      `listener ${this.web_port} ${this.listen}`,
      'protocol websockets',
      // Without this a WebSockets listener binds every address, whatever the line above says.
      'socket_domain ipv4',
      ...(page ? [`http_dir ${join(this.dir, 'page')}`] : []),
      '',
    ].join('\n');
  }
}
