export { checkConnection } from './check-connection.js';
export { deregisterConnection } from './deregister-connection.js';
export { planConnection } from './plan-connection.js';
export { registerConnection } from './register-connection.js';
