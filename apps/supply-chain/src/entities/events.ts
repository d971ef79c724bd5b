import { dateTime, entity, int, key, long, refersTo, text, yesNo } from './entity.ts'

const legalEntity = key('LegalEntityId', 4, { isMandatory: false, label: 'Legal entity', ...refersTo('LegalEntity', 'LegalEntityId') })
const endpoint = key('EndpointId', 60, { label: 'Endpoint', ...refersTo('BusinessEventEndpoint', 'EndpointId') })

/** Where events are posted to. The secret is never shown again: a read gives stars. */
export const BUSINESS_EVENT_ENDPOINTS = entity({
  name: 'BusinessEventEndpoint',
  collection: 'BusinessEventEndpoints',
  aotName: 'BusinessEventsEndpointEntity',
  label: 'Business event endpoints',
  category: 'Configuration',
  storage: ['business_event_endpoint', 'BusinessEventsEndpoint', 'Business event endpoints'],
  readsFrom: 'business_event_endpoint_view',
  isShared: true,
  properties: [
    key('EndpointId', 60, { label: 'Endpoint' }),
    text('Description', 250),
    text('EndpointUrl', 1000, { label: 'Address', isMandatory: true }),
    // Sent with each event, so that the receiver knows the sender.
    text('SecretHeaderName', 60),
    text('SecretValue', 255),
    yesNo('IsActive', { label: 'Active', defaultValue: 'Yes' }),
  ],
})

/** Which business event goes to which endpoint; a blank legal entity: of every company. */
export const BUSINESS_EVENT_ACTIVATIONS = entity({
  name: 'BusinessEventActivation',
  collection: 'BusinessEventActivations',
  aotName: 'BusinessEventsActivationEntity',
  label: 'Business event activations',
  category: 'Configuration',
  storage: ['business_event_activation', 'BusinessEventsActivation', 'Business event activations'],
  isShared: true,
  properties: [endpoint, key('BusinessEventId', 80, { label: 'Business event' }), legalEntity],
})

/** Which changes of a data entity, by its name in the application object tree, go to which endpoint. */
export const DATA_EVENT_ACTIVATIONS = entity({
  name: 'DataEventActivation',
  collection: 'DataEventActivations',
  aotName: 'BusinessEventsDataEventActivationEntity',
  label: 'Data event activations',
  category: 'Configuration',
  storage: ['data_event_activation', 'BusinessEventsDataEvent', 'Data event activations'],
  isShared: true,
  properties: [
    endpoint,
    key('EntityName', 128, { label: 'Data entity' }),
    legalEntity,
    yesNo('OnCreated', { defaultValue: 'Yes' }),
    yesNo('OnUpdated', { defaultValue: 'Yes' }),
    yesNo('OnDeleted', { defaultValue: 'Yes' }),
  ],
})

/** Events that wait for their endpoint or were given up: the error log. What was delivered is gone. */
export const BUSINESS_EVENT_DELIVERIES = entity({
  name: 'BusinessEventDelivery',
  collection: 'BusinessEventDeliveries',
  aotName: 'BusinessEventsDeliveryEntity',
  label: 'Business event deliveries',
  category: 'Transaction',
  storage: ['business_event_delivery', 'BusinessEventsDelivery', 'Business event deliveries'],
  isShared: true,
  isPosted: true,
  properties: [
    key('EventId', 36, { label: 'Event' }),
    key('EndpointId', 60, { label: 'Endpoint' }),
    text('BusinessEventId', 160, { label: 'Business event' }),
    text('LegalEntityId', 4),
    long('ControlNumber'),
    text('Status', 20, { defaultValue: 'Waiting' }),
    int('Attempts'),
    text('LastError', 1000),
    dateTime('RaisedDateTime'),
    dateTime('NextAttemptDateTime'),
    text('Payload', 1_000_000),
  ],
})

/** Business events and data events. Source: protocol specification, 19 and 20. */
export const EVENT_ENTITIES = [BUSINESS_EVENT_ENDPOINTS, BUSINESS_EVENT_ACTIVATIONS, DATA_EVENT_ACTIVATIONS, BUSINESS_EVENT_DELIVERIES]
