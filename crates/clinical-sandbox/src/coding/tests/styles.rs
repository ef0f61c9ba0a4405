//! Notes in many styles: triage lines, dictation without points, capitals, no accents, Latin American Spanish, British
//! English, templates, questions and answers. The codes were written down before the coder saw the notes.

pub(super) const NOTES: &[(&str, &str, &str)] = &[
    // Templates, lists, questions.
    ("Fever: No | Cough: Yes | Dyspnoea: No", "R05.9", "R50.9 R06.00"),
    ("¿Fiebre? No. ¿Tos? Sí. ¿Disnea? No.", "R05.9", "R50.9 R06.00"),
    ("¿fiebre? no\n¿diarrea? si", "R19.7", "R50.9"),
    ("Denies: fever, chills, nausea.", "", "R50.9 R68.83 R11.0"),
    ("ROS: Constitutional: no fever. CV: no chest pain, palpitations. Resp: + cough.", "R05.9", "R50.9 R07.9 R00.2"),
    ("Tos (+), fiebre (-), disnea (-), odinofagia (+)", "R05.9 R07.0", "R50.9 R06.00"),
    ("HTN (+), DM (-), asthma (-)", "I10", "E11.9 J45.909"),
    ("Fiebre: no. Vómitos: sí. Diarrea: no.", "R11.10", "R50.9 R19.7"),
    ("Fever neg, cough pos, dyspnea neg", "R05.9", "R50.9 R06.00"),
    ("- HTA\n- DM2\n- No asma\n- No cardiopatía isquémica", "I10 E11.9", "J45.909 I25.9"),
    // Negation and its end.
    ("Sin fiebre ni tos pero con disnea.", "R06.00", "R50.9 R05.9"),
    ("No tos, sí disnea.", "R06.00", "R05.9"),
    ("Ausencia de fiebre. Ya no presenta diarrea.", "", "R50.9 R19.7"),
    ("No nueva clínica de insuficiencia cardíaca.", "", "I50.9"),
    ("No se puede descartar neumonía.", "", "J18.9"),
    ("He no longer has headaches.", "", "R51.9"),
    ("Influenza, RSV and COVID negative.", "", "J11.1 B97.4 U07.1"),
    ("Gripe/COVID negativos. Neumonía confirmada en Rx.", "J18.9", "J11.1 U07.1"),
    ("Influenza A/B y COVID: negativo.", "", "J10.1 U07.1"),
    ("COVID positive, flu neg.", "U07.1", "J11.1"),
    ("Presents with cough, fever and COVID negative.", "R05.9 R50.9", "U07.1"),
    ("HTA, COVID negativo.", "I10", "U07.1"),
    (
        "Not on anticoagulation. Stopped metformin. No longer on insulin. Type 2 diabetes diet controlled.",
        "E11.9",
        "Z79.01 Z79.84 Z79.4",
    ),
    ("DM2. Se suspende metformina. Sin anticoagulación.", "E11.9", "Z79.84 Z79.01"),
    ("History negative for seizures. Nil of note otherwise.", "", "R56.9"),
    ("Abdomen: NAD. No hepatomegaly, splenomegaly or ascites.", "", "R16.0 R16.1 R18.8"),
    // Other people.
    ("Her husband has dementia and she cares for him. She has insomnia.", "G47.00", "F03.90"),
    ("His roommate has scabies. He has pruritus.", "L29.9", "B86"),
    ("Contacto con su tía con tuberculosis.", "", "A15.0"),
    ("Mother reports fever and cough since yesterday.", "R50.9 R05.9", ""),
    ("La madre trae al niño por fiebre y exantema.", "R50.9 R21", ""),
    ("Mi esposo falleció de infarto agudo de miocardio.", "", "I21.9"),
    ("Su hermana tiene lupus y la paciente tiene artritis reumatoide.", "M06.9", "M32.9"),
    // Advice, education, tests, vaccines.
    ("Volver si empeora o presenta vómitos o rigidez de nuca. Se dan signos de alarma.", "", "R11.10"),
    ("Return if worse, develops fever or vomiting.", "", "R50.9 R11.10"),
    ("Acudir si aparece fiebre, disnea o dolor torácico.", "", "R50.9 R06.00 R07.9"),
    ("Discussed risk of stroke. Reviewed signs of hypoglycemia. Atrial fibrillation, stable.", "I48.91", "I63.9 E16.2"),
    (
        "Seen in heart failure clinic. Asthma action plan given. Diabetic diet. HIV test offered. Hepatitis B vaccine and tetanus booster given. Flu shot.",
        "",
        "I50.9 J45.909 Z21 B19.10 J11.1",
    ),
    ("Fall risk. Breast cancer screening due. Depression screening negative.", "", "W19.XXXA C50.919 F32.A"),
    // Ordinary words that are no diagnosis.
    (
        "Alta a domicilio. Control en 1 semana. Cuadro de 3 días. Buen estado general. Rash decision. ST depression in V5. Stroke volume normal. PE: normal. SpO2 98% on RA. MS 2 mg IV.",
        "",
        "",
    ),
    (
        "Cultures: no growth. Labor: works in an office. Stool sample sent. Blood sugar 98. Vaginal discharge: none. Discharge home. In the fall of 2019 he moved.",
        "",
        "",
    ),
    ("Shock wave therapy planned. Cold packs. Growth chart reviewed. Depresión del ST en V4-V6.", "", ""),
    // Abbreviation points.
    ("Ca. de próstata en 2015, prostatectomía radical. Actualmente asintomático.", "Z85.46", ""),
    ("Pte. con HTA tto. con enalapril 10 mg. cada 12 h. Refiere tos.", "I10 R05.9", ""),
    // Allergies.
    ("Allergic to sulfa: hives.", "Z88.2", ""),
    ("Alergia a penicilina con exantema. No otras alergias.", "Z88.0", ""),
    ("Alérgico a penicilina (anafilaxia previa).", "Z88.0", ""),
    // Sides.
    ("Bilateral knee OA. Otitis media aguda bilateral. TVP izquierda.", "M17.0 H66.93 I82.402", ""),
    ("R ankle sprain. Carpal tunnel syndrome, left.", "S93.401A G56.02", ""),
    // Head injury.
    ("Head injury, no LOC. Concussion.", "S06.0X0A", "S09.90XA R55"),
    ("Conmoción cerebral con pérdida de conocimiento de 2 minutos.", "S06.0X1A", ""),
    // Spelling, capitals, no accents.
    ("PACIENTE DE 60 AÑOS CON HTA Y DM2. NIEGA FIEBRE. DOLOR TORACICO DE 2 HORAS.", "I10 E11.9 R07.9", "R50.9"),
    ("paciente diabetica tipo 2 con infeccion urinaria, no fiebre, no vomitos", "E11.9 N39.0", "R50.9 R11.10"),
    ("Femenina de 34 años con IVU. Presión alta en tratamiento. Niega azúcar en sangre alta.", "N39.0 I10", "R73.9"),
    (
        "62M seen in A&E with haemoptysis and ankle oedema. No dyspnoea. PMHx: ischaemic heart disease, hypercholesterolaemia.",
        "R04.2 R60.0 I25.9 E78.00",
        "R06.00",
    ),
    ("Paeds: 3yo with diarrhoea and vomiting, no dehydration. Imp: gastroenteritis.", "A09", "R19.7 R11.10 E86.0"),
    (
        "this is a 54 year old female with a history of hypothyroidism and asthma she presents today with wheezing and cough she denies any fever or chest pain assessment is asthma exacerbation plan is prednisone",
        "E03.9 J45.901",
        "J45.909 R06.2 R05.9 R50.9 R07.9",
    ),
    // Nursing and triage.
    ("Triage: 25F, RLQ pain x 1d, +N/V, no fever. ?appendicitis", "R10.31 R11.2", "R50.9 K35.80"),
    (
        "Enfermería: paciente tranquilo, afebril, sin dolor. Diuresis conservada. No presenta úlceras por presión. Estreñimiento.",
        "K59.00",
        "R50.9 L89.90",
    ),
    ("Alcohol abuse in the past, abstinent since 2020. Smoker.", "F10.11 F17.210", ""),
    // Uncertain.
    ("JC: cuadro compatible con gastroenteritis aguda.", "", "A09"),
    ("Assessment: findings consistent with pneumonia. Hypertension.", "I10", "J18.9"),
    ("Impresión: probable cólico renal izquierdo vs pielonefritis.", "", "N23 N10"),
    (
        "Cefalea por abuso de analgésicos. Anemia ferropénica en tratamiento. Se descarta celiaquía.",
        "G44.40 D50.9",
        "K90.0",
    ),
];
