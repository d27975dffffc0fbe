import { Global, Module } from '@nestjs/common';
import { PermissionsController } from './permissions.controller.js';
import { PermissionsService } from './permissions.service.js';

@Global()
@Module({ controllers: [PermissionsController], providers: [PermissionsService], exports: [PermissionsService] })
export class PermissionsModule {}
