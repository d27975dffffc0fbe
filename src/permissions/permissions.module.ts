import { Global, Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { PermissionReceipts } from './permission-receipts.service.js';
import { PermissionsController } from './permissions.controller.js';
import { PermissionsService } from './permissions.service.js';

export { PermissionsService } from './permissions.service.js';
export { PermissionReceipts } from './permission-receipts.service.js';

@Global()
@Module({
  imports: [DefinitionsModule],
  controllers: [PermissionsController],
  providers: [PermissionsService, PermissionReceipts],
  exports: [PermissionsService, PermissionReceipts],
})
export class PermissionsModule {}
