import type { DataItem } from '../../../src/catalogue/index.js';
import { keepAddressBack } from '../../../src/exchange/keep-address-back.js';

const item = (id: string, change: Partial<DataItem> = {}): DataItem => ({
  id,
  name: id,
  sensitivity: 'standard',
  confidential: true,
  schema: { type: 'string' },
  select: `$.${id}`,
  ...change,
});
const address = item('address', { suppressedWhen: '$.suppressed' });
const flag = item('flag', { select: '$.suppressed', schema: { type: 'boolean' } });
const home = item('home', { address: true });
const name = item('name');
const ALL = [address, flag, home, name];
const answer = { matched: true, data: { address: 'a', flag: false, home: 'h', name: 'n' }, suppressed: [], surplus: 3 };

describe('the answer about a person whose address is suppressed', () => {
  it('holds no address, and says that there is one which is suppressed, though the supplier’s record forgot it', () => {
    expect(keepAddressBack(answer, ALL, ALL)).toEqual({
      matched: true,
      data: { flag: true, name: 'n' },
      suppressed: ['address', 'home'],
      surplus: 3,
    });
  });

  it('sets the flag also where the address itself was not asked for', () => {
    expect(keepAddressBack({ ...answer, data: { flag: null } }, [flag], ALL)).toMatchObject({
      data: { flag: true },
      suppressed: [],
    });
  });

  it('adds nothing that was not permitted', () => {
    expect(keepAddressBack({ ...answer, data: { name: 'n' } }, [name], ALL)).toMatchObject({ data: { name: 'n' } });
  });

  it('names each address once, whoever said that it is suppressed', () => {
    const told = { ...answer, data: { flag: true }, suppressed: ['address'] };
    expect(keepAddressBack(told, [address, flag], ALL)).toMatchObject({
      data: { flag: true },
      suppressed: ['address'],
    });
  });

  it('leaves a flag of another form as the supplier gave it', () => {
    const coded = item('flag', { select: '$.suppressed' });
    expect(keepAddressBack({ ...answer, data: { flag: 'no' } }, [coded], [address, coded]).data).toEqual({
      flag: 'no',
    });
  });
});
