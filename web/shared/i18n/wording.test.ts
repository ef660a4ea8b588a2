// Kazakh words of two meanings, of which these texts mean one: "сан" is a number and "цифр" a digit, "бет" is a face and
// "парақша" a page.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const web = join(__dirname, '../..');
const TEXTS = ['verify/i18n/kk.json', 'sandbox/i18n/kk.json', 'shared/i18n/messages/kk.json', '../src/messages/kk.json', '../src/messages/notices.json'];
const PAGES = ['verify/index.html', 'sandbox/index.html', 'console/index.html'];

const DIGITS = /\d+ сан(?!\p{L})|\d+ сан(нан|дан)|сандар(дың|ын|ды)/u;
const PAGE = /(бұл|осы|мұндай) бет(ті|ке|те|тің)? |браузер бет(ке|терге) |бет(ті)? (жаңарт|жаппа|жаба (бер|сал)|жауып|қайта жүкте|өзі аш)|rastau бет/iu;

const read = (file: string) => readFileSync(join(web, file), 'utf8');

describe('Kazakh', () => {
  it.each(TEXTS)('says digit and page where it means them: %s', (file) => {
    for (const line of read(file).split('\n')) {
      expect(line).not.toMatch(DIGITS);
      expect(line).not.toMatch(PAGE);
    }
  });

  it.each(PAGES)('says page where it means one: %s', (file) => {
    expect(read(file)).toContain('lang="kk"');
    expect(read(file)).not.toMatch(PAGE);
  });

  it('is seen in the words of before', () => {
    for (const said of ['12 сан.', '12 саннан тұруы', 'сандардың бірі']) expect(said).toMatch(DIGITS);
    for (const said of ['бұл бетті жаппаңыз', 'Бетті жаңартып', 'бет өзі ашылады', 'Rastau бетінде']) expect(said).toMatch(PAGE);
  });
});
