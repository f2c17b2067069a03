export { planConnection } from './plan-connection.js';
export { registerConnection } from './register-connection.js';
