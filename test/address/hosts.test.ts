import assert from 'node:assert/strict';
import test from 'node:test';
import { parseHosts } from '../../libs/address/hosts.ts';

test('names of hosts are those of the list, with all of their addresses', () => {
  const hosts = parseHosts(
    '127.0.0.1\tlocalhost\n::1 localhost ip6-localhost # here\n# 10.0.0.9 gone\n192.0.2.7  Web www\nnonsense\n1.2.3 bad\n',
  );
  assert.deepEqual([...hosts.keys()], ['localhost', 'ip6-localhost', 'web', 'www']);
  assert.deepEqual(
    hosts.get('localhost')!.map(({ family }) => family),
    [4, 6],
  );
  assert.deepEqual(hosts.get('web'), [{ family: 4, lanes: [0, 0, 0xffff, 0xc000_0207] }]);
});
