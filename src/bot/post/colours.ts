import type { FormFamily } from 'sapphire-plugin-seen/edgar';

/** The colour of a post's edge, by the form's family. */
export const colours: Readonly<Record<FormFamily, number>> = {
  event: 0x3b_82_f6,
  report: 0x10_b9_81,
  ownership: 0x8b_5c_f6,
  stake: 0xf9_73_16,
  offering: 0x14_b8_a6,
  proxy: 0xea_b3_08,
  deal: 0xef_44_44,
  fund: 0x94_a3_b8,
  notice: 0x64_74_8b,
  other: 0x58_65_f2,
};
