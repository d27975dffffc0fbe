import { Module } from '@nestjs/common';
import { WithdrawalNoticesController } from './withdrawal-notices.controller.js';
import { WithdrawalNotices } from './withdrawal-notices.service.js';

/** Recipients are told when a permission is withdrawn that they got data on. */
@Module({ controllers: [WithdrawalNoticesController], providers: [WithdrawalNotices] })
export class WithdrawalNoticesModule {}
