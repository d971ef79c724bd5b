/** What the sample company sells: a noun, its unit symbol in Supply Chain, and the range of its price in whole currency units. */
export const GOODS: readonly {
  readonly name: string
  readonly unit: string
  readonly from: number
  readonly to: number
  readonly service?: true
}[] = [
  { name: 'Deck winch', unit: 'ea', from: 900, to: 3400 },
  { name: 'Anchor chain', unit: 'kg', from: 4, to: 19 },
  { name: 'Mooring line', unit: 'ea', from: 25, to: 240 },
  { name: 'Life jacket', unit: 'ea', from: 40, to: 180 },
  { name: 'Antifouling paint', unit: 'box', from: 60, to: 210 },
  { name: 'Stainless shackle', unit: 'pcs', from: 3, to: 45 },
  { name: 'Cabin lamp', unit: 'ea', from: 18, to: 95 },
  { name: 'Hull inspection', unit: 'hr', from: 70, to: 140, service: true },
  { name: 'Rigging service', unit: 'hr', from: 85, to: 160, service: true },
  { name: 'Compass', unit: 'ea', from: 120, to: 620 },
]

export const MODELS: readonly string[] = ['Bris', 'Café', 'Nordvind', 'Sirène', 'Ægir', 'Škoda-Blau', 'Zéphyr', 'Marlin', 'Куб', 'Olé']
export const JOB_TITLES: readonly string[] = ['Purchasing Manager', 'Owner', 'Responsable des achats', 'Einkäuferin', 'Gerente', 'Engineer']
