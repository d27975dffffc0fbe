// Types only, so that what lies below `definitions` can speak of data services; `catalogue.module.js` is for the application.
export type { DataItem, DataService, Sensitivity } from './data-service.js';
