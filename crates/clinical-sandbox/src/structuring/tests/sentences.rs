//! What a careful reader would mark in short notes, and what not: denied, past, stopped, of a relative.

use super::*;

#[test]
fn english_sentences_give_the_entities_a_reader_would_mark() {
    check(
        Spoken::English,
        &[
            (
                "No history of asthma. Possible pneumonia. Return if fever.",
                &["con J45.909 (negated)", "con J18.9 (uncertain)", "con R50.9 (hypothetical)"],
            ),
            (
                "Vaccinated against tetanus and polio; no flu shot this year.",
                &["imm Tetanus vaccine", "imm Poliomyelitis vaccine", "imm Influenza vaccine (negated)"],
            ),
            (
                "History of stroke in 2012, on clopidogrel 75 mg daily.",
                &["med Clopidogrel|75mg|daily", "con Z86.73 (historical)"],
            ),
            (
                "He had a knee replacement and a colonoscopy. Patient refuses vaccination.",
                &["pro Knee replacement (historical)", "pro Colonoscopy (historical)"],
            ),
            (
                "Type 2 diabetes since 2015, hypertension for 3 years. Metformin 850 mg PO BID.",
                &["med Metformin|850mg|twice daily|oral", "con E11.9", "con I10"],
            ),
            (
                "The patient is allergic to bee stings and codeine, not to aspirin.",
                &["all Bee venom", "all Codeine", "all Acetylsalicylic acid (negated)"],
            ),
            (
                "Start amoxicillin 500 mg tid for 7 days, if fever persists.",
                &["med Amoxicillin|500mg|three times daily", "con R50.9 (hypothetical)"],
            ),
            (
                "Medications: atorvastatin 40 mg at bedtime; aspirin 81 mg daily; no insulin.",
                &["med Atorvastatin|40mg|at bedtime", "med Acetylsalicylic acid|81mg|daily", "med Insulin (negated)"],
            ),
            (
                "Metformin 500 mg twice daily and lisinopril 10mg daily.",
                &["med Metformin|500mg|twice daily", "med Lisinopril|10mg|daily"],
            ),
            (
                "Aspirin was stopped. Allergic to penicillin, takes metformin 850 mg bid.",
                &["med Acetylsalicylic acid (stopped)", "med Metformin|850mg|twice daily", "all Penicillin"],
            ),
            (
                "BP 120/80 mmHg, HR 72 bpm, temp 37.2 C, SpO2 98%, RR 16, weight 80 kg, height 180 cm, BMI 24.7.",
                &[
                    "obs Blood pressure|120/80|mm[Hg]",
                    "obs Heart rate|72|/min",
                    "obs Body temperature|37.2|Cel",
                    "obs Oxygen saturation|98|%",
                    "obs Respiratory rate|16|/min",
                    "obs Body weight|80|kg",
                    "obs Body height|180|cm",
                    "obs Body mass index|24.7|kg/m2",
                ],
            ),
            ("NKDA. No known allergies. No allergies.", &[]),
            ("She denies chest pain. Mother with diabetes.", &["con R07.9 (negated)", "con E11.9 (family)"]),
            (
                "s/p appendectomy in 2010. Colonoscopy scheduled for 03/2025. Flu shot given 10/05/2023. Hepatitis B vaccine.",
                &[
                    "pro Appendectomy (historical)",
                    "pro Colonoscopy (planned)",
                    "imm Influenza vaccine",
                    "imm Hepatitis B vaccine",
                ],
            ),
            (
                "Take 1/2 tablet of ramipril 5 mg every 8 hours as needed. Insulin glargine 20 IU sc at bedtime.",
                &[
                    "med Ramipril|5mg (0.5 tablet)|every 8 hours as needed",
                    "med Insulin glargine|20IU|at bedtime|subcutaneous",
                ],
            ),
            ("Lisinoprl 10 mg. Lisinoprl was good.", &["med Lisinopril|10mg"]),
            (
                "HbA1c 6.8 %, glucose 140 mg/dl, creatinine 1,2 mg/dL, eGFR 60 ml/min/1.73 m2",
                &[
                    "obs Hemoglobin A1c|6.8|%",
                    "obs Glucose|140|mg/dL",
                    "obs Creatinine|1.2|mg/dL",
                    "obs Estimated glomerular filtration rate|60|mL/min/{1.73_m2}",
                ],
            ),
            (
                "Allergies:\n- Penicillin\n- Latex\n\nMedications:\n- Metformin 500 mg 1-0-1\n- Amlodipine 5 mg qd",
                &["med Metformin|500mg|1-0-1", "med Amlodipine|5mg|daily", "all Penicillin", "all Latex"],
            ),
        ],
    );
}
#[test]
fn german_sentences_give_the_entities_a_reader_would_mark() {
    check(
        Spoken::German,
        &[
            (
                "Der Patient nimmt kein Ibuprofen. Keine Operationen. Familienanamnese: Diabetes.",
                &["med Ibuprofen (negated)", "con E11.9 (family)"],
            ),
            (
                "Fieber: nein, Husten: nein, Durchfall seit 3 Tagen.",
                &["con R50.9 (negated)", "con R05.9 (negated)", "con R19.7"],
            ),
            (
                "Insulin Lantus 20 IE abends, Marcoumar gemäss Quick, Torem 10 mg alle 2 Tage.",
                &["med Insulin glargine|20IU|at bedtime", "med Phenprocoumon", "med Torasemide|10mg|every 2 days"],
            ),
            (
                "Z.n. Cholezystektomie 2005, St. n. Hüft-TP rechts. Herzkatheter geplant am 03.03.2025.",
                &[
                    "pro Cholecystectomy (historical)",
                    "pro Hip replacement (historical)",
                    "pro Coronary angiography (planned)",
                ],
            ),
            (
                "Allergien: Penicillin, Latex, Pollen. Keine Nussallergie.",
                &["all Penicillin", "all Latex", "all Pollen", "all Tree nuts (negated)"],
            ),
            (
                "BD 140/90, HF 88, AF 18, BMI 31,2 kg/m², BZ 7,8 mmol/l, HbA1c 7,1%.",
                &[
                    "obs Blood pressure|140/90|mm[Hg]",
                    "obs Heart rate|88|/min",
                    "obs Respiratory rate|18|/min",
                    "obs Body mass index|31.2|kg/m2",
                    "obs Glucose|7.8|mmol/L",
                    "obs Hemoglobin A1c|7.1|%",
                ],
            ),
            (
                "FSME-Impfung 2021, keine Grippeimpfung. Aspirin Cardio 100 mg 1-0-0-0 p.o.",
                &[
                    "med Acetylsalicylic acid|100mg|1-0-0-0|oral",
                    "imm Tick-borne encephalitis vaccine",
                    "imm Influenza vaccine (negated)",
                ],
            ),
            (
                "Metfromin 500 mg 2x tgl. Der Patient hat Übelkeit, aber kein Erbrechen.",
                &["med Metformin|500mg|twice daily", "con R11.0", "con R11.10 (negated)"],
            ),
            (
                "Patientin mit arterieller Hypertonie und Diabetes mellitus Typ 2 seit 2015. Keine Atemnot, kein Husten.",
                &["con I10", "con E11.9", "con R06.02 (negated)", "con R05.9 (negated)"],
            ),
            (
                "Metformin 1000 mg 1-0-1, Ramipril 5 mg morgens, Pantoprazol 40mg 1x täglich, Novalgin 500 mg bei Bedarf.",
                &[
                    "med Metformin|1000mg|1-0-1",
                    "med Ramipril|5mg|in the morning",
                    "med Pantoprazole|40mg|daily",
                    "med Metamizole|500mg|as needed",
                ],
            ),
            (
                "Allergie gegen Penicillin. Penicillinallergie. Keine bekannten Allergien. Keine Allergie gegen Latex.",
                &["all Penicillin", "all Penicillin", "all Latex (negated)"],
            ),
            (
                "Ramipril wurde abgesetzt. Status nach Herzinfarkt 2018. Verdacht auf Pneumonie. Mutter mit Brustkrebs.",
                &["med Ramipril (stopped)", "con I21.9 (historical)", "con J18.9 (uncertain)", "con C50.919 (family)"],
            ),
            (
                "RR 135/85 mmHg, Puls 76/min, Temperatur 38,5 °C, Gewicht 82,5 kg, Grösse 178 cm, Sättigung 97 %.",
                &[
                    "obs Blood pressure|135/85|mm[Hg]",
                    "obs Heart rate|76|/min",
                    "obs Body temperature|38.5|Cel",
                    "obs Body weight|82.5|kg",
                    "obs Body height|178|cm",
                    "obs Oxygen saturation|97|%",
                ],
            ),
            (
                "Grippeimpfung am 12.10.2023. Geimpft gegen Tetanus. Appendektomie 1998. Koloskopie geplant.",
                &["pro Appendectomy", "pro Colonoscopy (planned)", "imm Influenza vaccine", "imm Tetanus vaccine"],
            ),
            (
                "Insulin 20 IE s.c. zur Nacht. Eliquis 5 mg 2x/Tag. Torasemid ½-0-0.",
                &["med Insulin|20IU|at bedtime|subcutaneous", "med Apixaban|5mg|twice daily", "med Torasemide|0.5-0-0"],
            ),
        ],
    );
}
#[test]
fn french_sentences_give_the_entities_a_reader_would_mark() {
    check(
        Spoken::French,
        &[
            (
                "Sans fièvre ni toux. Suspicion de pneumonie. Mère avec un cancer du sein.",
                &["con R50.9 (negated)", "con R05.9 (negated)", "con J18.9 (uncertain)", "con C50.919 (family)"],
            ),
            (
                "Paracétamol 1 g toutes les 6 heures si besoin, Ramipril 2,5 mg le matin, Insuline 12 UI sous-cutané le soir.",
                &[
                    "med Paracetamol|1g|every 6 hours as needed",
                    "med Ramipril|2.5mg|in the morning",
                    "med Insulin|12IU|at bedtime|subcutaneous",
                ],
            ),
            (
                "Sintrom interrompu. Status après cholécystectomie en 2010. Coloscopie prévue le 05.03.2025.",
                &["med Acenocoumarol (stopped)", "pro Cholecystectomy (historical)", "pro Colonoscopy (planned)"],
            ),
            (
                "Le patient ne présente pas de dyspnée, mais des céphalées depuis 3 jours.",
                &["con R06.02 (negated)", "con R51.9"],
            ),
            (
                "Vaccin contre l'hépatite B. Pas de vaccination contre le tétanos.",
                &["imm Hepatitis B vaccine", "imm Tetanus vaccine (negated)"],
            ),
            (
                "Glycémie 6,5 mmol/l, HbA1c 6,9 %, SpO2 96 %, FR 16/min, IMC 27,3.",
                &[
                    "obs Glucose|6.5|mmol/L",
                    "obs Hemoglobin A1c|6.9|%",
                    "obs Oxygen saturation|96|%",
                    "obs Respiratory rate|16|/min",
                    "obs Body mass index|27.3|kg/m2",
                ],
            ),
            (
                "Patient connu pour une hypertension artérielle et un diabète de type 2. Pas de toux, pas d'asthme.",
                &["con I10", "con E11.9", "con R05.9 (negated)", "con J45.909 (negated)"],
            ),
            (
                "Metformine 500 mg deux fois par jour, Amlodipine 5 mg par jour, Dafalgan 1 g en réserve.",
                &["med Metformin|500mg|twice daily", "med Amlodipine|5mg|daily", "med Paracetamol|1g|as needed"],
            ),
            (
                "Allergique à la pénicilline. Pas d'allergie connue. Allergie aux arachides.",
                &["all Penicillin", "all Peanut"],
            ),
            (
                "TA 120/80 mmHg, FC 72/min, température 37,5 °C, poids 70 kg, taille 175 cm.",
                &[
                    "obs Blood pressure|120/80|mm[Hg]",
                    "obs Heart rate|72|/min",
                    "obs Body temperature|37.5|Cel",
                    "obs Body weight|70|kg",
                    "obs Body height|175|cm",
                ],
            ),
            (
                "Vacciné contre la grippe le 12.10.2023. Status après appendicectomie. Antécédents d'infarctus du myocarde.",
                &["con I21.9 (historical)", "pro Appendectomy (historical)", "imm Influenza vaccine"],
            ),
            (
                "L'aspirine a été arrêtée. Ne prend pas d'ibuprofène.",
                &["med Acetylsalicylic acid (stopped)", "med Ibuprofen (negated)"],
            ),
        ],
    );
}
#[test]
fn italian_sentences_give_the_entities_a_reader_would_mark() {
    check(
        Spoken::Italian,
        &[
            (
                "Nessuna febbre, non tosse. Sospetta polmonite. Madre con ipertensione.",
                &["con R50.9 (negated)", "con R05.9 (negated)", "con J18.9 (uncertain)", "con I10 (family)"],
            ),
            (
                "Furosemide 25 mg ogni 12 ore, Insulina 10 UI sottocute la sera, Cardioaspirin 100 mg 1 compressa al giorno.",
                &[
                    "med Furosemide|25mg|every 12 hours",
                    "med Insulin|10IU|at bedtime|subcutaneous",
                    "med Acetylsalicylic acid|100mg (1 tablet)|daily",
                ],
            ),
            (
                "Ha sospeso il warfarin. Pregresso infarto nel 2015. Colonscopia programmata.",
                &["med Warfarin (stopped)", "con I21.9 (historical)", "pro Colonoscopy (planned)"],
            ),
            (
                "Allergie: penicillina, lattice. Non allergico all'aspirina. Vaccinato contro il tetano nel 2020.",
                &["all Penicillin", "all Latex", "all Acetylsalicylic acid (negated)", "imm Tetanus vaccine"],
            ),
            (
                "Glicemia 110 mg/dl, creatinina 1,1 mg/dl, SpO2 97%, FR 18/min, IMC 26,1. Dispnea da 3 giorni.",
                &[
                    "con R06.02",
                    "obs Glucose|110|mg/dL",
                    "obs Creatinine|1.1|mg/dL",
                    "obs Oxygen saturation|97|%",
                    "obs Respiratory rate|18|/min",
                    "obs Body mass index|26.1|kg/m2",
                ],
            ),
            (
                "Paziente con ipertensione arteriosa e diabete mellito di tipo 2. Nega dispnea e tosse.",
                &["con I10", "con E11.9", "con R06.02 (negated)", "con R05.9 (negated)"],
            ),
            (
                "Metformina 500 mg due volte al giorno, Ramipril 5 mg al giorno, Tachipirina 1000 mg al bisogno.",
                &["med Metformin|500mg|twice daily", "med Ramipril|5mg|daily", "med Paracetamol|1000mg|as needed"],
            ),
            (
                "Allergico alla penicillina. Nessuna allergia nota. Allergia all'aspirina.",
                &["all Penicillin", "all Acetylsalicylic acid"],
            ),
            (
                "PA 130/80 mmHg, FC 70 bpm, temperatura 36,5 °C, peso 70 kg, altezza 170 cm.",
                &[
                    "obs Blood pressure|130/80|mm[Hg]",
                    "obs Heart rate|70|/min",
                    "obs Body temperature|36.5|Cel",
                    "obs Body weight|70|kg",
                    "obs Body height|170|cm",
                ],
            ),
            (
                "Vaccino antinfluenzale 2023. Pregressa appendicectomia. Sospeso ramipril.",
                &["med Ramipril (stopped)", "pro Appendectomy (historical)", "imm Influenza vaccine"],
            ),
        ],
    );
}
