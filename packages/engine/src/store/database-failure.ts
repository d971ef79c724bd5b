export { isDatabaseAway } from '@p2c/base'
