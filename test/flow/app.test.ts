import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP } from '../../libs/app/found-app.ts';
import { connection, FlowLab } from '../support/flow-lab.ts';

const GREETING = 'SSH-2.0-first\r\n';

test('without --app nobody looks at payload', () => {
  const lab = new FlowLab();
  connection(lab).forth(0, { flags: 'PA', bytes: GREETING });
  const [record] = lab.end();
  assert.deepEqual([record?.['app'], record?.['appname']], [undefined, undefined]);
});

test('application and name stay for all records of a flow', () => {
  const lab = new FlowLab({ features: { app: true } });
  const { forth, back } = connection(lab);
  forth(0, { flags: 'A' });
  back(0.1, { flags: 'PA', bytes: GREETING });
  forth(0.2, { flags: 'PA', bytes: 'SSH-2.0-second\r\n' });
  forth(6, { flags: 'A' });
  const records = lab.end();
  assert.deepEqual(
    records.map((record) => [record['app'], record['appname']]),
    [
      [APP.ssh, 'SSH-2.0-first'],
      [APP.ssh, 'SSH-2.0-first'],
    ],
  );
});

test('what is not known after eight packets is not looked for any more', () => {
  for (const [before, app] of [
    [7, APP.ssh],
    [8, undefined],
  ] as const) /* prettier-ignore */ {
    const lab = new FlowLab({ features: { app: true } });
    const { forth } = connection(lab);
    for (let i = 0; i < before; i++) forth(i / 10, { flags: 'PA', bytes: 'what else' });
    forth(1, { flags: 'PA', bytes: GREETING });
    assert.equal(lab.end()[0]?.['app'], app);
  }
});
