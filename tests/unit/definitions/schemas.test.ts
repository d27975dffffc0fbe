import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { projectFolder } from '../../../src/config/index.js';

const FOLDER = path.join(projectFolder(), 'schemas');

describe('the schemas that documents are held against', () => {
  it.each(readdirSync(FOLDER).filter((file) => file.endsWith('.schema.json')))('%s is a JSON Schema', (file) => {
    const schema = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as { $schema: string };
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    const ajv = new Ajv2020();
    expect({ valid: ajv.validateSchema(schema), errors: ajv.errors ?? [] }).toEqual({ valid: true, errors: [] });
  });
});
