//! Twenty notes in other hands: terse shorthand, long prose, bullets, "Dx:" lines, SOAP.

pub(super) const NOTES: &[(&str, &str, &str)] = &[
    (
        "72M c/o SOB x3d, +cough, no CP. PMH HTN/DM2/CHF. Exam: LE edema 2+. BNP 1800. A/P: acute on chronic systolic HF, AKI. Diurese.",
        "R05.9 I10 E11.9 I50.23 N17.9",
        "R06.02 I50.9 R60.0",
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
        "I61.9 F05",
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
        "R51.9 R50.9",
    ),
    (
        "Oncology: breast cancer, left, ER+, on letrozole. No bone metastases. Hot flashes. DVT 2021, off anticoagulation.",
        "C50.912 N95.1 Z86.718",
        "C79.51",
    ),
    (
        "Paciente que consulta por ansiedad e insomnio tras fallecimiento de su marido. No ideación autolítica. No consumo de tóxicos. Se diagnostica trastorno adaptativo. Cribado de depresión negativo.",
        "G47.00 Z63.4 F43.20",
        "F41.9 R45.851 F32.A",
    ),
];
