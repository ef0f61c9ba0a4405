//! Thirty-five notes in other hands: terse shorthand, long prose, bullets, "Dx:" lines, SOAP.

pub(super) const NOTES: &[(&str, &str, &str)] = &[
    (
        "72M c/o SOB x3d, +cough, no CP. PMH HTN/DM2/CHF. Exam: LE edema 2+. BNP 1800. A/P: acute on chronic systolic HF, AKI. Diurese.",
        "R05.9 I10 E11.9 I50.23 N17.9",
        "R06.02 R07.9 I50.9 R60.0",
    ),
    (
        "Dx: FA con RVR, HTA, ERC G3a. Tto: bisoprolol, apixabán. No ICC. Ecocardio sin valvulopatía.",
        "I48.91 I10 N18.31 Z79.01",
        "I50.9",
    ),
    (
        "Paciente varón 45a. DM tipo 2 (HbA1c 10.4%), HTA, DLP. Acude x dolor lumbar irradiado a MID, no relajación de esfínteres, no fiebre. Dx: lumbociática derecha.",
        "E11.65 I10 E78.5 M54.41",
        "E11.9 M54.50 R50.9",
    ),
    (
        "1. Pneumonia - resolved\n2. HTN - stable\n3. T2DM - A1c 6.5\n4. r/o PE - CTA neg",
        "Z87.01 I10 E11.9",
        "E11.65 I26.99",
    ),
    (
        "S: dolor de garganta y fiebre 38.5 desde ayer. O: amígdalas hipertróficas con exudado, no rash. A: amigdalitis aguda. P: amoxicilina si strep test +.",
        "J03.90",
        "R07.0 R50.9 R21",
    ),
    (
        "Mrs. Example was admitted after a mechanical fall at home. She did not lose consciousness. X-rays demonstrated a left intertrochanteric fracture. There was no evidence of intracranial hemorrhage on CT. Her hospital course was complicated by acute blood loss anemia and a urinary tract infection, treated with ceftriaxone. Delirium was not observed. She has a history of osteoporosis, atrial fibrillation and prior stroke.",
        "W19.XXXA S72.102A D62 N39.0 M81.0 I48.91 Z86.73",
        "I62.9 F05",
    ),
    (
        "AP:\n- HTA\n- DM2 con nefropatía diabética\n- EPOC\n- IAM 2010\n- No AMC\nEA: disnea\nJC: EPOC reagudizado. No se objetiva neumonía.",
        "I10 E11.21 I25.2 J44.1",
        "J44.9 R06.00 J18.9",
    ),
    (
        "Peds: 18 mo F with fever x2d, tugging right ear. Mom denies vomiting, diarrhea, rash. Exam: R TM bulging. Dx: acute otitis media, right.",
        "H66.91",
        "R50.9 R11.10 R19.7 R21",
    ),
    (
        "Gestante 32s. HTA gestacional? Niega cefalea, fosfenos o epigastralgia. TA 150/95. Proteinuria negativa.",
        "Z33.1",
        "O13.9 R51.9 R10.13 R80.9",
    ),
    (
        "Psych: MDD recurrent severe, GAD. Denies SI/HI/AVH. PTSD suspected. Alcohol use disorder in remission.",
        "F33.2 F41.1 F10.21",
        "R45.851 R45.850 F43.10",
    ),
    (
        "Mujer 30 años. Disuria y polaquiuria 2 días, sin fiebre ni dolor lumbar. Tira: leucos +++, nitritos +. JC: cistitis aguda no complicada.",
        "N30.00",
        "R30.0 R35.0 R50.9 M54.50",
    ),
    (
        "Impression: 1) Acute appendicitis. 2) No evidence of perforation or abscess. Family hx: mother ovarian ca.",
        "K35.80",
        "L02.91 C56.9",
    ),
    (
        "Tras caída casual, dolor en tobillo izquierdo. Rx: no se observan líneas de fractura. Dx: esguince de tobillo izquierdo.",
        "W19.XXXA S93.402A",
        "M25.572",
    ),
    (
        "No HTA. No DM. No DLP. Fumador 20 cig/día. Bebedor ocasional. IQ: apendicectomía.",
        "F17.210 Z90.49",
        "I10 E11.9 E78.5",
    ),
    (
        "Pt w/ stage IV CKD, on HD? No - not yet on dialysis. Gout flare R foot. Hyperkalemia 5.9.",
        "N18.4 M10.9 E87.5",
        "Z99.2",
    ),
    (
        "Niño de 3 años con crisis asmática. Sin neumonía en Rx. Madre fumadora, padre asmático. Tratamiento: salbutamol, prednisolona.",
        "J45.901",
        "J18.9 F17.210 J45.909",
    ),
    (
        "Neuro: 66 yo RHM, sudden R facial droop and aphasia, stroke code. CT no bleed. tPA given. Dx acute ischemic stroke. H/o AF not anticoagulated.",
        "I63.9 I48.91",
        "R29.810 R47.01 Z79.01",
    ),
    (
        "ALERGIAS: NO CONOCIDAS. ANTECEDENTES: HTA, DM TIPO 2. NIEGA CARDIOPATIA. ACUDE POR CEFALEA SIN FIEBRE. DX: MIGRAÑA.",
        "I10 E11.9 G43.909",
        "I51.9 R51.9 R50.9",
    ),
    (
        "Oncology: breast cancer, left, ER+, on letrozole. No bone metastases. Hot flashes. DVT 2021, off anticoagulation.",
        "C50.912 N95.1 Z86.718",
        "C79.51 Z79.01",
    ),
    (
        "Paciente que consulta por ansiedad e insomnio tras fallecimiento de su marido. No ideación autolítica. No consumo de tóxicos. Se diagnostica trastorno adaptativo. Cribado de depresión negativo.",
        "G47.00 Z63.4 F43.20",
        "F41.9 R45.851 F32.A",
    ),
    (
        "Motivo: fiebre. Varón 40 a. No RAMc. No FRCV. Niega hábitos tóxicos. Cuadro catarral de 5 días, con tos y rinorrea. ACP: normal, sin crepitantes. Rx tórax: normal. Test COVID: negativo. Gripe A positivo. JC: Gripe A.",
        "J10.1",
        "R50.9 R05.9 R09.81 U07.1",
    ),
    (
        "Informe: mujer, 80 años. AP: HTA; DM-2 con insulina; ACxFA (Sintrom®); IRC estadio III; Parkinson. No EPOC. Traída por familiares por caída con TCE sin pérdida de conocimiento. TC craneal: descarta sangrado. No focalidad neurológica. Dx: TCE leve. Herida inciso-contusa en región frontal.",
        "I10 E11.9 Z79.4 I48.91 Z79.01 N18.30 G20.A1 W19.XXXA S09.90XA S01.81XA",
        "J44.9 R55",
    ),
    (
        "Follow-up: T2DM, uncontrolled (A1c 11.2%), with diabetic polyneuropathy. HTN uncontrolled. Hyperlipidemia. Tobacco: quit 2015. Mood: no depression. Foot exam: no ulcers. Eye exam: no retinopathy. Continue metformin, add insulin glargine. Flu shot today. Counselled re: hypoglycemia.",
        "E11.65 E11.42 I10 E78.5 Z79.84 Z79.4",
        "E11.9 F32.A J11.1 E16.2",
    ),
    (
        "Consulta de neumología. Paciente exfumador (IPA 40), EPOC GOLD D con enfisema, SAHS con CPAP. No ha tenido agudizaciones desde la última visita. Niega hemoptisis o pérdida de peso. TC: nódulo pulmonar de 8 mm en LSD, no adenopatías, no derrame pleural; a descartar neoplasia pulmonar. Plan: PET-TC. Vacunación antigripal y antineumocócica.",
        "Z87.891 J43.9 G47.33 R91.1",
        "J44.9 R04.2 R63.4 R59.0 J90 C34.90",
    ),
    (
        "Se trata de una paciente de 29 años, sin antecedentes personales de interés salvo migraña con aura, que consulta porque desde hace dos semanas nota palpitaciones. No refiere dolor torácico, disnea, síncope ni otra clínica cardiológica. Toma anticonceptivos orales. No hay datos clínicos de hipertiroidismo. Padre con fibrilación auricular. ECG sinusal sin alteraciones.",
        "G43.109 R00.2",
        "R07.9 R06.00 R55 E05.90 I48.91",
    ),
    (
        "CC: knee pain. 66F w/ right knee pain x 6 months, worse with stairs. No trauma, no fever, no swelling of other joints. Hx of RA? No. X-ray: moderate medial compartment OA. A: Right knee osteoarthritis. P: PT, NSAIDs PRN pain.",
        "M17.11",
        "M25.561 R50.9",
    ),
    (
        "ED: 34F G1P0 8w, vaginal spotting, LLQ pain. US: IUP confirmed, no ectopic pregnancy. Dx threatened abortion. Rh neg.",
        "R10.32 O20.0",
        "O00.90",
    ),
    (
        "Paciente de 55 años, fumador de 20 cigarrillos/día, bebedor de fin de semana, con antecedentes de úlcera gástrica y colelitiasis, acude por epigastralgia y vómitos en posos de café. No melenas. Hemodinámicamente estable. Hb 9,8. Endoscopia: úlcera duodenal con sangrado activo. No varices esofágicas. JC: HDA por úlcera duodenal. Anemia secundaria.",
        "F17.210 Z87.11 K80.20 K26.4 D64.9",
        "R10.13 K92.0 K92.1 I85.00 K92.2 K26.9",
    ),
    (
        "Discharge Diagnosis: Sepsis secondary to UTI, resolved AKI, HFrEF (EF 30%), CAD s/p CABG, COPD not in exacerbation, dementia without behavioral disturbance. \nThe patient's daughter states that he had been more confused. He has no known history of seizures. There is concern for aspiration pneumonia but CXR was clear. Ruled out for ACS. Code status DNR.",
        "A41.9 N39.0 N17.9 I50.20 I25.10 Z95.1 J44.9 F03.90 R41.0 Z66",
        "R56.9 J69.0 I24.9",
    ),
    (
        "Paciente con AP de HTA, DLP y FA. Acude por palpitaciones. ECG: FA a 140 lpm, sin alteraciones de la repolarización. No cortejo vegetativo. Troponinas normales. No signos de IC. Se administra amiodarona. Impresión: FA con RVR. No datos de SCA.\nTratamiento: Sintrom según pauta. Valorar ablación.",
        "I10 E78.5 I48.91 Z79.01",
        "R00.2 R61 I50.9 I24.9",
    ),
    (
        "Adolescente de 15 años con dolor en FID de 12 horas, náuseas y fiebre de 38ºC. Blumberg +. Eco: apéndice de 11 mm. Dx: apendicitis aguda. IQ: apendicectomía laparoscópica sin complicaciones. Alta sin fiebre. Alergia: no refiere. Hermano operado de apendicitis.",
        "K35.80 Z90.49",
        "R10.31 R11.0 R50.9",
    ),
    (
        "ROS: Constitutional: negative for fever, weight loss. CV: no CP. Resp: +SOB, no hemoptysis. GI: denies N/V/D. GU: no dysuria. Neuro: no headache, numbness, or weakness. Psych: depression, well controlled. All other systems negative.\nAssessment: 1. Asthma exacerbation, moderate. 2. Seasonal allergies. 3. Obesity (BMI 33.1). Not diabetic. Never smoker.",
        "F32.A J45.901 J30.2 E66.9 Z68.33",
        "R50.9 R63.4 R07.9 R06.02 R04.2 R11.2 R30.0 R51.9 R20.0 R53.1 E11.9 F17.210",
    ),
    (
        "Mujer 68a. Hipotiroidea. Osteoporosis. Intervenida de cáncer de mama derecho en 2010, libre de enfermedad. Acude por lumbalgia tras sobreesfuerzo. No pérdida de fuerza, no parestesias. Rx: aplastamiento vertebral L1 de aspecto crónico, no fracturas agudas. Sin clínica infecciosa ni síndrome constitucional. Dx: Lumbalgia mecánica. Se descartan metástasis óseas.",
        "E03.9 M81.0 Z85.3 M54.50",
        "R20.2 R63.4 C79.51",
    ),
    (
        "Lactante 10 m. Fiebre 39 de 24h, sin foco. No tos ni mocos. No vómitos. Orina: leucocituria, nitritos neg. ITU poco probable. Urocultivo pendiente. Vacunas al día. Hijo de madre con VIH tratada. Dx: síndrome febril sin foco. Se explican signos de alarma (petequias, decaimiento, convulsión).",
        "R50.9",
        "R05.9 R11.10 N39.0 Z21 R56.9",
    ),
    (
        "63 yo M, PMHx significant for type II DM c/b peripheral neuropathy and retinopathy, ESRD on HD MWF, HTN, prior CVA w/ residual left-sided weakness. Presents w/ hypoglycemia (glucose 38) after taking glipizide. No LOC, no seizure activity. Denies CP/SOB. ECG unchanged, troponin neg. Lantus held. Dx: hypoglycemia due to sulfonylurea. Also noted hyperkalemia.",
        "G62.9 N18.6 Z99.2 I10 Z86.73 R53.1 Z79.84 E11.649 E87.5",
        "E11.9 E16.2 R55 R56.9 R07.9 R06.02 Z79.4",
    ),
];
