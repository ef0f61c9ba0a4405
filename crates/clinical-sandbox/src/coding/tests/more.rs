//! A second sheaf of notes in many styles, longer ones among them. The codes were written down before the coder saw
//! the notes.

pub(super) const NOTES: &[(&str, &str, &str)] = &[
    (
        "Discharge summary: Mr X is a 70-year-old man admitted with a three day history of fever and productive cough. Chest X-ray showed a right lower lobe pneumonia. He was treated with IV antibiotics and oxygen. There was no evidence of pulmonary embolism, and blood cultures were negative. He developed acute kidney injury, which resolved with fluids. His past medical history includes hypertension, type 2 diabetes and gout. His father died of a stroke. He was discharged home on metformin. He should return if he has fever, chest pain or shortness of breath.",
        "J18.9 N17.9 I10 E11.9 M10.9 Z79.84",
        "R50.9 R05.9 I26.99 I63.9 R07.9 R06.02",
    ),
    (
        "S: 45F with migraine, c/o headache x2d with photophobia and nausea. No fever, neck stiffness or rash. O: neuro exam normal, no focal deficits. A: migraine without aura. P: sumatriptan. Return if weakness or confusion.",
        "G43.009",
        "G43.909 R51.9 H53.149 R11.0 R50.9 R21 R53.1 R41.0",
    ),
    (
        "Problem list:\n1. Hypertension - controlled\n2. Hyperlipidemia\n3. Type 2 DM, A1c 6.5%\n4. No known CAD\n5. GERD\n6. h/o breast cancer 2010, s/p mastectomy",
        "I10 E78.5 E11.9 K21.9 Z85.3 Z90.10",
        "E11.65 I25.10",
    ),
    (
        "Mujer de 30 años, sin antecedentes de interés, que acude por disuria y polaquiuria de 2 días. No fiebre ni dolor lumbar. No flujo vaginal. Tira de orina: leucocitos +++, nitritos +. JC: cistitis aguda. Tto: fosfomicina. Si fiebre o dolor lumbar, acudir a urgencias.",
        "N30.00",
        "R30.0 R35.0 R50.9 M54.50",
    ),
    (
        "Varón de 8 años con dolor abdominal en FID de 24 h, vómitos y febrícula. Blumberg positivo. Ecografía compatible con apendicitis aguda. Intervenido: apendicitis aguda confirmada.",
        "K35.80",
        "R10.31 R11.10 R50.9",
    ),
    (
        "Paciente de 80 años traído por su hija por caída casual. Niega pérdida de conocimiento. Dolor e impotencia funcional de cadera derecha. Rx: fractura pertrocantérea derecha. No TCE. Antecedentes: demencia, HTA, FA con sintrom.",
        "W19.XXXA S72.101A F03.90 I10 I48.91 Z79.01",
        "R55 S09.90XA",
    ),
    (
        "PMH: HTN, HLD, COPD, CKD 3, hypothyroidism. FH: father MI at 50, mother DM. SH: former smoker, no alcohol or drugs. Allergies: NKDA.",
        "I10 E78.5 J44.9 N18.30 E03.9 Z87.891",
        "I21.9 E11.9",
    ),
    (
        "Seen for follow-up of asthma and depression. Denies suicidal ideation. No wheezing. Mood improved.",
        "J45.909 F32.A",
        "R45.851 R06.2",
    ),
    (
        "Hipertensa conocida, dislipémica, no diabética. Exfumadora. Obesidad (IMC 32).",
        "I10 E78.5 Z87.891 E66.9 Z68.32",
        "E11.9",
    ),
    (
        "Px femenino 55 a, DM2 e HAS de larga evolución, acude por EVC isquémico. No fumadora.",
        "E11.9 I10 I63.9",
        "F17.210",
    ),
    ("Known T1DM. Presents with DKA. No vomiting today. No infection identified.", "E10.10", "E10.9 R11.10"),
    (
        "Bebé de 2 meses con tos y rinorrea. Su hermano mayor con bronquitis. No apneas, no cianosis. Dx: catarro de vías altas.",
        "J00",
        "R05.9 R09.81 J20.9 R06.81 R23.0",
    ),
    (
        "Lumbalgia mecánica sin ciática. No déficit motor, no alteración de esfínteres. Rx lumbar sin fracturas.",
        "M54.50",
        "M54.30",
    ),
    (
        "Epigastric pain, negative troponin, no ST elevation. Not MI. Likely gastritis. GERD.",
        "K21.9",
        "R10.13 I21.9 K29.70",
    ),
    (
        "The patient does not have diabetes, hypertension, or heart disease. She does have asthma.",
        "J45.909",
        "E11.9 I10 I51.9",
    ),
    ("No evidence of DVT, PE, or pneumonia. Cellulitis of left leg.", "L03.116", "I82.409 I26.99 J18.9"),
    ("No evidencia de metástasis salvo nódulo pulmonar. Cáncer de mama derecha.", "R91.1 C50.911", "C79.9"),
    (
        "Afebril, eupneico, normohidratado. AC rítmica sin soplos. AP: MVC sin sibilancias. Abdomen sin masas ni megalias.",
        "",
        "R50.9 R06.00 R06.2",
    ),
    ("Epilepsia, última crisis hace 2 años. En tratamiento con valproato. No crisis desde entonces.", "G40.909", ""),
    ("Neumonía en 2018. Asma. Apendicectomía a los 12 años.", "Z87.01 J45.909 Z90.49", ""),
    ("He was found to have lung cancer last year (adenocarcinoma), currently on pembrolizumab.", "C34.90", ""),
    ("Prostate cancer in 2015, treated with surgery. Currently well.", "Z85.46", ""),
    ("Pt had pneumonia last year. Now c/o cough. CXR clear - no pneumonia.", "Z87.01 R05.9", "J18.9"),
    ("Stroke in 2018 with residual left hemiparesis. Hypertension.", "I69.359 I10", "Z86.73"),
    ("Paciente niega tabaquismo, alcoholismo. Refiere ansiedad e insomnio.", "F41.9 G47.00", "F17.210 F10.20"),
    ("NO FEVER NO COUGH NO CHEST PAIN. SOB ON EXERTION. HX CHF.", "I50.9", "R50.9 R05.9 R07.9 R06.02"),
    ("If fever develops call us. Cough improving. No longer febrile.", "R05.9", "R50.9"),
    ("Wife says he snores. OSA suspected; sleep study ordered.", "", "G47.33"),
    ("Her son has asthma. She herself has eczema.", "L30.9", "J45.909"),
    ("Pt exposed to TB at work; PPD negative. No cough, no weight loss.", "", "A15.0 R05.9 R63.4"),
    (
        "Embarazo de 32 semanas. No contracciones, no sangrado vaginal. Sin preeclampsia. Anemia.",
        "D64.9",
        "N93.9 O14.90",
    ),
    ("Niña con varicela. Hermana también con varicela la semana pasada. No fiebre.", "B01.9", "R50.9"),
    (
        "Reviewed stroke symptoms with patient. Diabetic foot exam normal. Stroke symptoms to watch for explained.",
        "",
        "I63.9",
    ),
    (
        "Acute COPD exacerbation, less likely CHF exacerbation or pneumonia. PE unlikely. Consider PE if not improving.",
        "J44.1",
        "I50.9 J18.9 I26.99",
    ),
    ("No toma anticoagulantes. No history of VTE.", "", "Z79.01 I82.90"),
];
