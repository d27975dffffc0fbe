export { WithdrawalNoticesModule } from './withdrawal-notices.module.js';
