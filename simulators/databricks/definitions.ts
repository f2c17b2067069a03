// The wire as the vendor publishes it: the Thrift definitions that the driver ships. Only they are loaded, not the driver around them: this takes a
// fifth of the time and brings no logger and no telemetry into the process.
import service from '@databricks/sql/thrift/TCLIService.js';
import types from '@databricks/sql/thrift/TCLIService_types.js';

export { service, types };
