/** Namespace of types, enumerations and bound actions. */
export const NAMESPACE = 'Microsoft.Dynamics.DataEntities'

/** Namespace of the annotations on properties. */
export const ANNOTATION_NAMESPACE = 'Microsoft.Dynamics.OData.Core.V1'

/** `CustomerV3` -> `Microsoft.Dynamics.DataEntities.CustomerV3`. */
export const qualified = (name: string): string => `${NAMESPACE}.${name}`
