import { expect, test } from 'vitest';
import { codeFault, iinFault, lines, loginFault, nameFault, operatorIdFault, rateFault, urisFault, urlFault, whyFault } from './checks';

test('a why has three characters at least, blanks around it not counted', () => {
  expect([whyFault(''), whyFault('  ab '), whyFault('a'.repeat(201))]).toEqual(['fault.why', 'fault.why', 'fault.why']);
  expect([whyFault('суд'), whyFault(` ${'ұ'.repeat(200)} `)]).toEqual([null, null]);
});

test('an IIN is told apart from a slip of the finger', () => {
  expect(iinFault('900101 300 017')).toBeNull();
  expect(iinFault('90010130001')).toBe('fault.iin');
  expect(iinFault('900101300018')).toBe('fault.iin_slip');
});

test('logins and ids are what the server takes', () => {
  expect([loginFault('asel.b_1-x'), loginFault('a'), loginFault('Asel'), loginFault('асел')]).toEqual([null, 'fault.login', 'fault.login', 'fault.login']);
  expect([operatorIdFault('bet'), operatorIdFault('be')]).toEqual([null, 'fault.operator_id']);
  expect([nameFault('Әсел'), nameFault(' '), nameFault('x'.repeat(101))]).toEqual([null, 'fault.name', 'fault.name']);
});

test('addresses, rates and codes', () => {
  expect(lines(' https://a.example/ \n\nhttps://b.example/')).toEqual(['https://a.example/', 'https://b.example/']);
  expect([urisFault('https://a.example/cb'), urisFault(''), urisFault('bet'), urisFault('https://a.example/#x')]).toEqual([
    null,
    'fault.uris',
    'fault.uris',
    'fault.uris',
  ]);
  expect([urlFault('https://bet.example/in'), urlFault('bet')]).toEqual([null, 'fault.url']);
  expect([rateFault(1), rateFault(0), rateFault(1.5), rateFault(null), rateFault(100_001)]).toEqual([
    null,
    'fault.rate',
    'fault.rate',
    'fault.rate',
    'fault.rate',
  ]);
  expect([codeFault('1234 5678'), codeFault('1234')]).toEqual([null, 'fault.code']);
});
