// The description of the HTTP interface, as the service itself gives it: nothing comes from any other host.
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';

SwaggerUI({
  url: '/api/openapi.json',
  dom_id: '#app',
  deepLinking: true,
  displayRequestDuration: true,
  // The usual one is a picture from somebody else's server.
  validatorUrl: null,
});
