import { Controller, Get } from '@nestjs/common';
import { Allow } from '../../../src/access/index.js';
import { MovableClock, startReplica, type SharedByReplicas } from '../../support/access-replica.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { makeTestKeys } from '../../support/test-keys.js';

@Controller('declared')
class DeclaredController {
  @Get()
  @Allow('public')
  read(): string {
    return 'x';
  }
  helper(): string {
    return 'not a route';
  }
}

class ParentController {
  @Get('inherited')
  inherited(): string {
    return 'x';
  }
}

@Controller('forgotten')
class ForgottenController extends ParentController {
  @Get()
  @Allow('public')
  declared(): string {
    return 'x';
  }
  @Get('open')
  open(): string {
    return 'x';
  }
}

describe('the start-up', () => {
  let database: TestDatabase;
  let shared: SharedByReplicas;
  beforeAll(async () => {
    database = await createTestDatabase();
    shared = {
      publicUrl: 'https://gatehouse.example',
      databaseUrl: database.applicationUrl,
      keys: makeTestKeys(),
      clients: new Map(),
      clock: new MovableClock(),
    };
  });
  afterAll(async () => database.drop());

  it('succeeds when every route declares its access rule', async () => {
    const replica = await startReplica(shared, [DeclaredController]);
    await replica.close();
  });

  it('stops at routes that declare none, inherited ones too, and names them', async () => {
    await expect(startReplica(shared, [DeclaredController, ForgottenController])).rejects.toThrow(
      'No access rule is declared for ForgottenController.open, ForgottenController.inherited: add @Allow to each route.',
    );
  });

  it('stops without a public URL', async () => {
    await expect(startReplica({ ...shared, publicUrl: '' })).rejects.toThrow('PUBLIC_URL is needed');
  });
});
