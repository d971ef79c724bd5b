/** ISO 3166-1 codes, alpha-2 directly followed by alpha-3. Source: ISO 3166 maintenance agency. */
const CODES = `
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR
BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV
CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH
ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ
GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA
JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO
LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS
MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG
PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP
SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL
TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT
WFWLF WSWSM XKXKK YEYEM YTMYT ZAZAF ZMZMB ZWZWE
`

/** A country as set-up data: region id, ISO code, English name. */
export interface Country {
  readonly regionId: string
  readonly isoCode: string
  readonly name: string
}

const names = new Intl.DisplayNames(['en'], { type: 'region' })

/** Every country of ISO 3166-1, by alpha-3 code as the region id. */
export const COUNTRIES: readonly Country[] = CODES.trim()
  .split(/\s+/)
  .map((pair) => ({ isoCode: pair.slice(0, 2), regionId: pair.slice(2), name: names.of(pair.slice(0, 2)) ?? pair.slice(2) }))

/** Languages that documents and customers may have, as the product writes them. */
const LANGUAGE_IDS =
  'ar cs da de de-at de-ch el en-au en-ca en-gb en-ie en-in en-nz en-us en-za es es-mx et fi fr fr-be fr-ca fr-ch hu is it it-ch ja ko lt lv nb-no nl nl-be pl pt-br pt-pt ro ru sk sl sv th tr uk vi zh-hans zh-hant'

const languageNames = new Intl.DisplayNames(['en'], { type: 'language' })

/** Languages by id with their English names. */
export const LANGUAGES: readonly { readonly id: string; readonly name: string }[] = LANGUAGE_IDS.split(' ').map((id) => ({
  id,
  name: languageNames.of(id) ?? id,
}))
